// Drives the Playground in a real browser against the server at AUGUR_URL, and
// leaves screenshots in SCREENSHOTS. Exits with 1 on the first thing that is wrong.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const url = process.env.AUGUR_URL ?? 'http://127.0.0.1:8080';
const shots = process.env.SCREENSHOTS ?? '../.build/screenshots';
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const strangers = [];
  const complaints = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin && !/^(data|blob):/.test(request.url())) {
      strangers.push(request.url());
    }
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));

  await page.goto(`${url}/playground/`);
  const examples = page.getByRole('region', { name: 'Examples' }).getByRole('button');
  await examples.first().waitFor();
  assert.ok((await examples.count()) >= 9, 'the examples are listed');

  const response = page.locator('.result-window');
  async function run(title, expected) {
    await page.getByRole('button', { name: title }).click();
    await page.waitForTimeout(500); // the editors take the example a moment after the tab opens
    await page.getByRole('button', { name: /Execute query/i }).click();
    for (const text of expected) {
      await response.getByText(text).first().waitFor({ timeout: 15_000 });
    }
  }

  await run('Predict from one row of named features', ['accident_risk', 'risk_band']);
  await page.screenshot({ path: join(shots, 'playground-predict.png') });
  await run('Models with versions, signature, aliases and training metrics, in one query', ['road-risk']);
  await page.screenshot({ path: join(shots, 'playground-models.png') });

  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByText('Everything that can be read', { exact: false }).first().waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: join(shots, 'playground-schema-dark.png') });

  assert.deepEqual(strangers, [], 'the page asked another server');
  assert.deepEqual(complaints, [], 'the page complained');
  console.log('the Playground works, asked nobody else and complained of nothing');
} finally {
  await browser.close();
}
