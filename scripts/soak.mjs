// The soak behind scripts/soak: soak.mjs PROGRAM SECONDS.
//
// First half: rounds of a server that is killed (SIGKILL) at some moment while
// workers predict and a version is uploaded, registered and given metrics. Each
// round begins by checking the record against what was acknowledged. Second half:
// one server without a pause, whose memory is watched. Then it is told to stop.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [program, seconds] = process.argv.slice(2);
const workers = 4;
const data = mkdtempSync(join(tmpdir(), 'augur-soak-'));
const log = createWriteStream(join(dirname(program), 'soak.log'));
const port = await new Promise((resolve) => {
  const s = createServer().listen(0, '127.0.0.1', () => {
    const { port } = s.address();
    s.close(() => resolve(port));
  });
});
const url = `http://127.0.0.1:${port}`;

let server; // the process that runs now
process.on('exit', () => {
  server?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

async function start() {
  const began = performance.now();
  const args = ['serve', '--http.listen', `127.0.0.1:${port}`, '--data.dir', data, '--import.dir', 'examples/models', '--log.level', 'warn'];
  const child = spawn(program, args);
  child.stderr.pipe(log, { end: false });
  child.stdout.resume();
  server = child;
  child.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  child.ended.then(() => (child.gone = true));
  for (;;) {
    const response = await fetch(`${url}/ready`).catch(() => null);
    if (response?.ok) return performance.now() - began;
    assert.ok(!child.gone, 'the server ended while starting: see .build/soak.log');
    assert.ok(performance.now() - began < 30_000, 'the server is not ready after 30 s');
    await sleep(20);
  }
}

// graphql answers null when the server is gone, and throws on every error.
async function graphql(query, variables) {
  let answer;
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    answer = await response.json();
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error.name === 'AbortError') return null;
    throw error;
  }
  assert.ok(answer.data && !answer.errors, JSON.stringify(answer));
  for (const payload of Object.values(answer.data)) {
    assert.deepEqual(payload?.userErrors ?? [], [], JSON.stringify(answer));
  }
  return answer.data;
}

// What was answered to an input is what every later server answers, too.
const PREDICT = 'mutation($row: Row!) { predict(input: {model: "road-risk", version: "1.0.0", data: {row: $row}}) { prediction { values } userErrors { code message field } } }';
const row = JSON.parse(readFileSync('examples/graphql/02-predict-road-risk.json', 'utf8')).row;
const answered = new Map();
let predictions = 0;

async function predictUntil(stopped) {
  while (!stopped()) {
    const curvature = Math.floor(Math.random() * 500) / 500;
    const result = await graphql(PREDICT, { row: { ...row, curvature } });
    if (!result) {
      assert.ok(stopped(), 'a prediction broke off although nobody killed the server');
      return;
    }
    const { values } = result.predict.prediction;
    if (!answered.has(curvature)) answered.set(curvature, values);
    assert.deepEqual(values, answered.get(curvature), `the answer to curvature ${curvature} changed`);
    predictions++;
  }
}

// Each version has an artifact of its own: the demo model with bytes that a
// reader of protocol buffers skips (field 1000, a length, a text).
const artifact = readFileSync('examples/models/road-risk/v1.0.0/model.onnx');
function artifactOf(round) {
  const text = Buffer.from(`round ${String(round).padStart(8, '0')}`);
  return Buffer.concat([artifact, Buffer.from([0xc2, 0x3e, text.length]), text]);
}

// register returns how far it got before the server was gone.
async function register(round) {
  const bytes = artifactOf(round);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const put = await fetch(`${url}/artifacts/${digest}`, { method: 'PUT', body: bytes }).catch(() => null);
  if (!put) return 'nothing';
  assert.ok(put.ok, `upload: ${put.status}`);
  const created = await graphql(
    'mutation($v: String!, $d: String!) { modelVersionCreate(input: {model: "soak", version: $v, digest: $d}) { modelVersion { id } userErrors { code message field } } }',
    { v: `1.0.${round}`, d: digest },
  );
  if (!created) return 'uploaded';
  const logged = await graphql(
    'mutation($id: ID!, $p: [MetricPointInput!]!) { metricsLog(input: {versionId: $id, points: $p}) { accepted userErrors { code message field } } }',
    { id: created.modelVersionCreate.modelVersion.id, p: [1, 2, 3].map((step) => ({ name: 'loss', step: String(step), value: 1 / step })) },
  );
  return logged ? 'logged' : 'registered';
}

async function check(round, got) {
  const { modelVersion: version } = await graphql(
    'query($v: String!) { modelVersion(model: "soak", version: $v) { status metrics { name count } } }',
    { v: `1.0.${round}` },
  );
  if (got === 'registered' || got === 'logged') assert.ok(version, `version 1.0.${round} was acknowledged and is gone`);
  if (got === 'logged') assert.deepEqual(version.metrics, [{ name: 'loss', count: '3' }], `metrics of 1.0.${round}`);
  if (!version) return;
  assert.equal(version.status, 'READY', `version 1.0.${round} is half there`);
  assert.ok(['0', '3'].includes(version.metrics[0]?.count ?? '0'), `metrics of 1.0.${round} are half there`);
  const predicted = await graphql(PREDICT.replace('"road-risk", version: "1.0.0"', `"soak", version: "1.0.${round}"`), { row });
  assert.ok(predicted?.predict.prediction.values[0], `version 1.0.${round} does not predict`);
}

function memory() {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
  return Number(kb[1]) / 1024;
}

const began = performance.now();
const elapsed = () => (performance.now() - began) / 1000;
let slowest = await start();
await graphql('mutation { modelCreate(input: {name: "soak"}) { model { id } userErrors { code message field } } }');

const reached = { nothing: 0, uploaded: 0, registered: 0, logged: 0 };
let round = 0;
for (; elapsed() < seconds / 2; round++) {
  let killed = false;
  const predicting = Array.from({ length: workers }, () => predictUntil(() => killed));
  const registering = sleep(Math.random() * 300).then(() => register(round));
  const killing = sleep(200 + Math.random() * 700).then(async () => {
    killed = true;
    server.kill('SIGKILL');
    await server.ended;
  });
  const [got] = await Promise.all([registering, killing, ...predicting]);
  reached[got]++;
  slowest = Math.max(slowest, await start());
  await check(round, got);
}
console.log(`${round} kills: registering got as far as ${JSON.stringify(reached)}; slowest start ${slowest.toFixed(0)} ms`);

// Half a minute, or a fifth of a short run, fills caches and pools.
let stopped = false;
const predicting = Array.from({ length: workers }, () => predictUntil(() => stopped));
const watch = (async () => {
  await sleep(Math.min(30, seconds / 5) * 1000);
  const first = memory();
  let most = first;
  while (elapsed() < seconds) {
    await sleep(250);
    most = Math.max(most, memory());
  }
  stopped = true;
  return { first, most };
})();
const [{ first, most }] = await Promise.all([watch, ...predicting]);
console.log(`memory: ${first.toFixed(0)} MB when warm, ${most.toFixed(0)} MB at most`);
assert.ok(most < first * 1.3 + 32, 'memory grows');

server.kill('SIGTERM');
assert.equal(await server.ended, 0, 'the server did not stop cleanly');
console.log(`${predictions} predictions of ${answered.size} inputs, none of which changed; stopped cleanly after ${elapsed().toFixed(0)} s`);
