// Drives every screen of the dashboard in a real browser against the server at
// AUGUR_URL with the demo models, and leaves screenshots in SCREENSHOTS. Exits
// with 1 on the first thing that is wrong.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { launch, shots, url, watched } from './browser.mjs';

mkdirSync(shots, { recursive: true });
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

async function ask(query, variables = {}) {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.ok(!errors, JSON.stringify(errors));
  return data;
}

const road = { curvature: 0.3, lighting: 'night', speed_limit: 60, num_lanes: 2, weather: 'rainy', road_type: 'urban', holiday: false, num_reported_accidents: 1 };
const iris = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
// traffic makes predictions of two models, some wrong.
async function traffic(n) {
  const predict = 'mutation($input: PredictInput!) { predict(input: $input) { prediction { id } } }';
  await ask('mutation { modelServingUpdate(input: {model: "road-risk", logInputShare: 1}) { userErrors { message } } }');
  for (let i = 0; i < n; i++) {
    await ask(predict, { input: { model: 'road-risk', subject: `user-${i % 7}`, data: { row: { ...road, curvature: (i % 50) / 50, speed_limit: i % 20 ? 60 : 500 } } } });
    if (i % 3 === 0) await ask(predict, { input: { model: 'iris-random-forest', data: { row: { ...iris, petal_length: 1 + (i % 9) / 2 } } } });
  }
}

const browser = await launch();
let screens = 0;
try {
  const { page, strangers, complaints } = await watched(browser);
  await traffic(60);

  const see = (text) => page.getByText(text, { exact: false }).first().waitFor();
  async function go(hash, heading) {
    await page.goto(`${url}/${hash}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }
  // shown takes a picture of a screen and has axe look at it, in light and dark.
  async function shown(name) {
    screens++;
    for (const theme of ['light', 'dark']) {
      await page.evaluate((t) => document.documentElement.setAttribute('data-theme', t), theme);
      await page.waitForTimeout(100);
      await page.screenshot({ path: join(shots, `dashboard-${name}-${theme}.png`) });
      const found = await page.evaluate(async (source) => {
        if (!globalThis.axe) new Function(source).call(globalThis);
        const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
        return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
      }, axe);
      assert.deepEqual(found, [], `axe on ${name}, ${theme}`);
    }
    await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'light'));
  }

  // Overview: how soon it can be used, and figures that move by themselves.
  const started = performance.now();
  await go('', 'Overview');
  await page.getByRole('link', { name: 'road-risk', exact: true }).first().waitFor();
  const interactive = performance.now() - started;
  assert.ok(interactive < 5000, `interactive after ${interactive} ms`);
  const hint = page.locator('.stat', { hasText: 'Requests per second' }).locator('.hint');
  const before = Number((await hint.innerText()).replace(/\D/g, ''));
  assert.ok(before >= 60, `${before} requests`);
  await traffic(5);
  await page.waitForFunction((n) => Number(document.querySelectorAll('.stat .hint')[1]?.textContent?.replace(/\D/g, '')) > n, before, { timeout: 20_000 });
  await see('INVALID_ARGUMENT');
  await shown('overview');

  // Models: search, filters and the way back to all.
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search models' }).fill('iris');
  await see('1 of 1');
  assert.match(page.url(), /q=iris/);
  await page.getByRole('searchbox', { name: 'Search models' }).fill('no such model');
  await see('No model matches');
  await page.getByRole('searchbox', { name: 'Search models' }).fill('');
  await page.getByRole('link', { name: 'digits-mlp' }).waitFor();
  await shown('models');
  await page.getByRole('textbox', { name: 'Rank by metric' }).fill('val_rmse');
  await page.getByRole('link', { name: 'road-risk v1.1.0' }).waitFor();

  // Model: an alias moves and its history says so; the card is written and rendered.
  await go('#/models/road-risk', 'road-risk');
  await page.getByRole('textbox', { name: 'Alias' }).fill('e2e');
  await page.getByRole('combobox', { name: 'Version' }).selectOption('v1.0.0');
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await page.locator('.badge', { hasText: /^e2e$/ }).first().waitFor();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: 'Description, in Markdown' }).fill('# What it is for\n\nRisk of a *road*.<script>window.harmed = 1</script><img src=x onerror="window.harmed = 1"> [here](javascript:window.harmed=1)');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.markdown em', { hasText: 'road' }).waitFor();
  assert.equal(await page.evaluate(() => window.harmed), undefined, 'a card must not run scripts');
  assert.equal(await page.locator('.markdown a[href^="javascript"]').count(), 0, 'nor hide them in links');
  await page.locator('.markdown', { hasText: 'here' }).waitFor();
  await shown('model');
  await page.locator('li', { hasText: 'e2e' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await see('removed');

  // Version: the form that the signature makes, its answer, a wrong value, a table.
  await go('#/models/road-risk/versions/v1.1.0', 'v1.1.0');
  const answer = page.locator('.answer');
  await page.getByRole('combobox', { name: 'weather' }).selectOption('rainy');
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await answer.getByText('accident_risk').waitFor();
  const first = await answer.locator('.big').first().innerText();
  assert.match(first, /^0\.\d+$/);
  await page.getByRole('slider', { name: 'curvature' }).fill('1');
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await page.waitForFunction((was) => document.querySelector('.answer .big')?.textContent !== was, first);
  await page.getByText('The operation', { exact: true }).click();
  await page.getByRole('button', { name: 'curl', exact: true }).click();
  await see('curl -s');
  await page.getByRole('button', { name: 'TypeScript' }).click();
  await see('await fetch(');
  await shown('version');
  await page.getByRole('spinbutton', { name: 'speed_limit' }).fill('5000');
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await answer.getByText('expected 5 to 130').waitFor();
  await page.getByRole('button', { name: 'A table' }).click();
  const names = Object.keys(road);
  await page.getByRole('textbox', { name: 'Paste a table' }).fill([names, Object.values(road), Object.values({ ...road, curvature: 0.9 })].map((r) => r.join(',')).join('\n'));
  await page.getByRole('button', { name: 'Predict 2 rows' }).click();
  await answer.getByRole('cell', { name: '0.6409526' }).waitFor();
  await answer.getByRole('button', { name: 'Save as CSV' }).waitFor();

  // A picture that is drawn is recognised as something.
  await go('#/models/digits-mlp/versions/v1.0.0', 'v1.0.0');
  const canvas = page.locator('canvas[aria-label^="pixels"]');
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.9, { steps: 12 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await answer.locator('.bars .top').waitFor();
  assert.match(await answer.locator('.bars .top').innerText(), /^1\b/, 'a stroke is a one');
  await shown('picture');

  // Metrics: two versions, smoothed, by time, as CSV.
  const versions = (await ask('{ model(name: "road-risk") { versions { nodes { id version } } } }')).model.versions.nodes.filter((v) => /^v1\.[01]\.0$/.test(v.version)).map((v) => v.id);
  await go(`#/metrics?ids=${versions.join(',')}`, 'Metrics');
  await page.getByRole('heading', { name: 'val_rmse' }).waitFor();
  await page.getByRole('slider', { name: 'Smoothing' }).fill('0.6');
  await page.getByRole('button', { name: 'By time' }).click();
  await page.waitForURL(/axis=TIME/);
  await page.getByRole('button', { name: 'By step' }).click();
  await page.getByRole('checkbox', { name: 'Logarithmic' }).check();
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).first().click()]);
  assert.match(readFileSync(await csv.path(), 'utf8'), /^model,version,step,\w+\r\nroad-risk,v1\.\d\.0,1,0\.\d+/);
  const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).first().click()]);
  assert.equal(readFileSync(await png.path()).subarray(1, 4).toString(), 'PNG');
  await shown('metrics');

  await go(`#/compare?ids=${versions.join(',')}`, 'Compare versions');
  await page.getByRole('table', { name: 'Size and serving' }).waitFor();
  await page.getByRole('rowheader', { name: 'val_rmse' }).waitFor();
  await shown('compare');

  // Predictions: a filter, one in full, asked of another version, its outcome.
  await go('#/predictions?model=road-risk', 'Predictions');
  await page.getByRole('combobox', { name: 'State' }).selectOption('errors');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length > 0 && ![...document.querySelectorAll('tbody .badge.good')].some((b) => b.textContent === 'OK'));
  await page.getByRole('combobox', { name: 'State' }).selectOption('answers');
  await page.waitForFunction(() => [...document.querySelectorAll('tbody .badge.good')].some((b) => b.textContent === 'OK') && document.querySelectorAll('tbody .badge.bad').length === 0);
  await shown('predictions');
  await page.getByRole('textbox', { name: 'Subject' }).fill('user-3');
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr')].every((row) => row.textContent?.includes('user-3')));
  await page.locator('tbody a[href^="#/predictions/"]').first().click();
  await page.getByRole('heading', { name: 'Answered' }).waitFor();
  await page.getByRole('combobox', { name: 'Version' }).selectOption('v1.0.0');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll('.values').length === 2);
  await page.getByRole('textbox', { name: 'Outcome, as JSON' }).fill('{"accident": true}');
  await page.getByRole('button', { name: 'Record' }).click();
  await see('"accident": true');
  await shown('prediction');

  // A rollout is started, waits for a person, and is aborted.
  await go('#/models/road-risk', 'road-risk');
  await page.getByRole('button', { name: 'Start a rollout' }).click();
  await page.getByRole('combobox', { name: 'Candidate' }).selectOption('v1.0.0');
  await page.getByRole('textbox', { name: /^Steps/ }).fill('20 10m\n100');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('heading', { name: 'Rollout' }).waitFor();
  await see('20 %');
  await traffic(20);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await shown('rollout');
  await page.getByRole('button', { name: 'Abort' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Abort' }).click();
  await page.locator('h1 .badge', { hasText: 'ROLLED_BACK' }).waitFor();

  // Settings.
  await go('#/settings/health', 'Settings');
  await page.getByRole('cell', { name: 'database' }).waitFor();
  await shown('health');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByRole('textbox', { name: 'URL' }).fill('https://hooks.example.invalid/augur');
  await page.getByRole('button', { name: 'Create' }).click();
  await see('Its secret, shown this once:');
  await page.getByRole('button', { name: 'Send a test' }).first().click();
  await page.getByRole('cell', { name: 'webhookTest' }).first().waitFor();
  await shown('webhooks');
  await page.getByRole('button', { name: 'Delete' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await see('No webhook yet');
  await page.getByRole('link', { name: 'Audit trail' }).click();
  await page.getByRole('cell', { name: 'road-risk' }).first().waitFor();
  await shown('audit');

  // Keys, Chinese, a page that is not there, a phone.
  await page.locator('main').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement?.id === 'search');
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('heading', { level: 1, name: '模型' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh');
  await shown('chinese');
  await page.getByRole('button', { name: 'English' }).click();
  await page.goto(`${url}/#/nothing`);
  await see('There is no such page');
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [hash, heading, name] of [['#/', 'Overview', 'phone-overview'], ['#/models/road-risk/versions/v1.1.0', 'v1.1.0', 'phone-version']]) {
    await go(hash, heading);
    await page.waitForTimeout(300);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the phone`);
    await shown(name);
  }

  assert.deepEqual(strangers, [], 'the page asked another server');
  assert.deepEqual(complaints, [], 'the page complained');
  console.log(`the dashboard: ${screens} screens in light and dark, interactive after ${Math.round(interactive)} ms, asked nobody else and complained of nothing`);
} finally {
  await browser.close();
}
