// Proves that dist is what the source builds: builds into a folder of its own
// and compares the contents, whatever the compressor made of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

function contents(dir) {
  const files = new Map();
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const name = relative(dir, path);
    if (name.endsWith('.gz')) files.set(name.slice(0, -3), gunzipSync(bytes));
    else files.set(name, bytes);
  }
  return files;
}

const fresh = mkdtempSync(join(tmpdir(), 'augur-web-'));
try {
  execFileSync('npx', ['graphql-codegen', '--config', 'codegen.ts', '--check'], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('npx', ['tsc', '--noEmit'], { stdio: 'inherit' });
  execFileSync('npx', ['vite', 'build', '--logLevel', 'error', '--outDir', fresh], { stdio: 'inherit' });
  const want = contents(fresh);
  const have = contents('dist');
  const wrong = [...new Set([...want.keys(), ...have.keys()])].filter(
    (name) => !have.get(name)?.equals(want.get(name) ?? Buffer.alloc(0)),
  );
  if (wrong.length > 0) {
    console.error(`web/dist is not what its source builds:\n${wrong.sort().join('\n')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}
