// Runs the tests of the pages' pure parts: bundles them for Node, which reads no
// TypeScript, and hands them to its test runner.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const out = mkdtempSync(join('node_modules', '.augur-test-'));
try {
  await build({ logLevel: 'error', configFile: false, build: { ssr: 'test/pure.test.ts', outDir: out, emptyOutDir: true } });
  execFileSync('node', ['--test', join(out, 'pure.test.js')], { stdio: 'inherit' });
} finally {
  rmSync(out, { recursive: true });
}
