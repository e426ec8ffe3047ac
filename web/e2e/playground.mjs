// Drives the Playground in a real browser against the server at AUGUR_URL, and
// leaves screenshots in SCREENSHOTS. Exits with 1 on the first thing that is wrong.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { launch, shots, url, watched } from './browser.mjs';

const examples = '../examples';
mkdirSync(shots, { recursive: true });

// The last example registers a version of an artifact that was uploaded before.
const artifact = readFileSync(join(examples, 'models/road-risk/v1.0.0/model.onnx'));
const digest = `sha256:${createHash('sha256').update(artifact).digest('hex')}`;
const upload = await fetch(`${url}/artifacts/${digest}`, { method: 'PUT', body: artifact });
assert.ok(upload.ok, `upload: ${upload.status}`);

const browser = await launch();
try {
  const { page, strangers, complaints } = await watched(browser);
  await page.goto(`${url}/playground`);
  assert.equal(page.url(), `${url}/playground/`);
  const buttons = page.getByRole('region', { name: 'Examples' }).getByRole('button');
  await buttons.first().waitFor();
  const files = readdirSync(join(examples, 'graphql')).filter((f) => f.endsWith('.graphql')).sort();
  assert.equal(await buttons.count(), files.length, 'every example is listed');

  const shown = page.locator('.result-window .view-lines');
  // execute presses the button and returns the request and its answer.
  async function execute() {
    const [response] = await Promise.all([
      page.waitForResponse((r) => r.url() === `${url}/graphql` && !r.request().postData().includes('IntrospectionQuery')),
      page.getByRole('button', { name: /Execute query/i }).click(),
    ]);
    const answer = await response.json();
    assert.ok(answer.data, `no data: ${JSON.stringify(answer)} for ${response.request().postData()}`);
    await shown.getByText('data', { exact: false }).first().waitFor();
    return { request: response.request(), answer };
  }
  // The editor underlines what it takes for wrong a moment after it was typed.
  async function noUnderlines(what) {
    await page.waitForTimeout(700);
    assert.equal(await page.locator('.squiggly-error').count(), 0, `the editor underlines something in: ${what}`);
  }

  for (const [i, file] of files.entries()) {
    const button = buttons.nth(i);
    const title = await button.innerText();
    await button.click();
    const operation = /^(?:query|mutation) (\w+)/m.exec(readFileSync(join(examples, 'graphql', file), 'utf8'))[1];
    await page.getByRole('tab', { name: operation }).or(page.getByRole('button', { name: operation, exact: true })).last().waitFor();
    await noUnderlines(title);
    const { answer } = await execute();
    assert.ok(answer.data && !answer.errors, `${title}: ${JSON.stringify(answer)}`);
    assert.doesNotMatch(JSON.stringify(answer), /"userErrors":\[\{/, title);
    if (file === '02-predict-road-risk.graphql') {
      await shown.getByText('accident_risk').waitFor();
      await page.screenshot({ path: join(shots, 'playground-predict.png') });
    }
    if (file === '01-models.graphql') await page.screenshot({ path: join(shots, 'playground-models.png') });
  }

  // Headers are sent, and forgotten with the page.
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
  await page.keyboard.insertText('{"X-Request-Id": "from-the-playground"}');
  await buttons.first().waitFor();
  const { request } = await execute();
  assert.equal(request.headers()['x-request-id'], 'from-the-playground');
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify(localStorage)), /from-the-playground/);

  assert.ok(page.workers().length > 0, 'the editors check in workers of this origin');
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await page.getByText('Everything that can be read', { exact: false }).first().waitFor();

  // Tabs outlive the page, and choosing an example that is open goes to its tab.
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();
  const tabs = page.locator('.graphiql-tab');
  await tabs.last().waitFor();
  const open = await tabs.count();
  assert.equal(open, files.length, 'one tab for each example');
  await page.getByRole('button', { name: 'Show Examples' }).click();
  await buttons.nth(1).click();
  await page.waitForTimeout(2000); // after a reload the editors are filled late
  await execute();
  assert.equal(await tabs.count(), open);
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).waitFor();
  await page.screenshot({ path: join(shots, 'playground-dark.png') });

  assert.deepEqual(strangers, [], 'the page asked another server');
  assert.deepEqual(complaints, [], 'the page complained');
  console.log(`the Playground ran ${files.length} examples, asked nobody else and complained of nothing`);
} finally {
  await browser.close();
}
