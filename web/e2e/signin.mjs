// Signs in to the dashboard of a server that asks for credentials: AUGUR is the
// program. Exits with 1 on the first thing that is wrong.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { launch, shots } from './browser.mjs';

const program = process.env.AUGUR ?? '../.build/augur';
const data = mkdtempSync(join(tmpdir(), 'augur-signin-'));
const server = spawn(program, ['serve', '--http.listen', '127.0.0.1:0', '--data.dir', data, '--import.dir', '../examples/models', '--auth.keys'], { stdio: ['ignore', 'pipe', 'ignore'] });
let browser;
try {
  let url;
  for await (const line of createInterface({ input: server.stdout })) {
    url = /Ready +(http:.*)\/ready/.exec(line)?.[1];
    if (url) break;
  }
  assert.ok(url, 'the server did not become ready');
  const key = execFileSync(program, ['keys', 'create', '--local', '--name', 'e2e', '--scope', 'admin', '--data.dir', data], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

  browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(15_000);
  await page.goto(`${url}/#/models/road-risk/versions/v1.1.0`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(await page.getByText('road-risk').count(), 0, 'nobody sees a model');
  await page.getByLabel('API key or token').fill('augur_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.waitForTimeout(1500); // the server reads keys that others made once a second
  await page.getByLabel('API key or token').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'v1.1.0' }).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Download/ }).click()]);
  assert.equal(file.suggestedFilename(), 'road-risk-v1.1.0.onnx');

  // A key is made, used, and revoked.
  await page.goto(`${url}/#/settings/keys`);
  await page.getByLabel('What it is for').fill('narrow');
  await page.getByLabel(/^Models, as in/).fill('iris-*');
  await page.getByRole('button', { name: 'Create' }).click();
  const made = await page.locator('code', { hasText: /^augur_/ }).innerText();
  await page.screenshot({ path: join(shots, 'dashboard-keys-light.png') });
  const names = async () => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${made}` }, body: '{"query":"{ models { nodes { name } } }"}' });
    return response.ok ? (await response.json()).data.models.nodes.map((m) => m.name) : response.status;
  };
  assert.deepEqual(await names(), ['iris-random-forest']);
  await page.locator('tr', { hasText: 'narrow' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.locator('tr', { hasText: 'narrow' }).locator('.badge', { hasText: 'revoked' }).waitFor();
  assert.equal(await names(), 401);
  await page.goto(`${url}/#/settings/access`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  console.log('sign-in: nobody sees a model, a key opens the dashboard, one that is revoked opens nothing');
} finally {
  await browser?.close();
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
