// Holds the server at AUGUR_URL against the protocols of GraphQL over HTTP, with
// the reference of each: the audits of graphql-http, and the clients graphql-ws
// and graphql-sse. Exits with 1 on the first thing that is wrong.
import assert from 'node:assert/strict';
import { serverAudits } from 'graphql-http';
import { createClient as createSSE } from 'graphql-sse';
import { createClient as createWS } from 'graphql-ws';
import WebSocket from 'ws';

const url = `${process.env.AUGUR_URL ?? 'http://127.0.0.1:8080'}/graphql`;
const socketURL = url.replace(/^http/, 'ws');
const post = (body, headers = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const model = (name) => ({ query: `mutation { modelCreate(input: {name: "${name}"}) { userErrors { message } } }` });
const changes = { query: 'subscription { registryChanged { model } }' };

// graphql-http: every audit, those that MUST, SHOULD and MAY hold.
const audits = serverAudits({ url });
const missed = [];
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status !== 'ok') missed.push(`${audit.id} ${audit.name}: ${result.reason}`);
}
assert.deepEqual(missed, [], `${missed.length} of ${audits.length} audits`);
assert.equal(audits.length, 61, 'the number of audits');
console.log(`graphql-http: ${audits.length} of ${audits.length} audits`);

// results collects what an operation gives, at most so many results.
function results(client, payload, most = Infinity, begun = () => {}) {
  return new Promise((resolve, reject) => {
    const got = [];
    const end = client.subscribe(payload, {
      next: (value) => {
        got.push(value);
        if (got.length === most) {
          end();
          resolve(got);
        }
      },
      error: reject,
      complete: () => resolve(got),
    });
    begun();
  });
}

for (const [name, client] of [
  ['graphql-ws', createWS({ url: socketURL, webSocketImpl: WebSocket, retryAttempts: 0 })],
  ['graphql-sse', createSSE({ url, retryAttempts: 0 })],
]) {
  assert.deepEqual(await results(client, { query: '{ __typename }' }), [{ data: { __typename: 'Query' } }], `${name}: a query`);
  const made = await results(client, model(`${name}-a`));
  assert.deepEqual(made, [{ data: { modelCreate: { userErrors: [] } } }], `${name}: a mutation`);
  // A query that is not valid is an error of the operation, not of the connection.
  const wrong = await results(client, { query: '{ nothing }' }).catch((e) => e);
  assert.match(JSON.stringify(wrong.response ? await wrong.response.json() : wrong), /GRAPHQL_VALIDATION_FAILED/, `${name}: an unknown field`);
  const listening = results(client, changes, 1);
  await new Promise((resolve) => setTimeout(resolve, 300)); // neither client says when a subscription has begun
  await post(model(`${name}-b`));
  assert.deepEqual(await listening, [{ data: { registryChanged: { model: `${name}-b` } } }], `${name}: a subscription`);
  await client.dispose();
  console.log(`${name}: query, mutation, error, subscription`);
}

// graphql-transport-ws: what the client never does wrong, and how it is told.
function closed(messages, protocol = 'graphql-transport-ws') {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketURL, protocol);
    socket.on('open', () => messages.forEach((m) => socket.send(typeof m === 'string' ? m : JSON.stringify(m))));
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}
const init = { type: 'connection_init' };
const subscribe = { id: '1', type: 'subscribe', payload: changes };
for (const [code, messages] of [
  [4400, ['no JSON']],
  [4400, [init, { type: 'unknown' }]],
  [4401, [subscribe]],
  [4409, [init, subscribe, subscribe]],
  [4429, [init, init]],
]) {
  assert.equal(await closed(messages), code, `close code after ${JSON.stringify(messages)}`);
}
console.log('graphql-transport-ws: close codes');

// Server-sent events over GET, which is what a browser's EventSource sends.
const events = await fetch(`${url}?query=${encodeURIComponent('{ __typename }')}`, { headers: { accept: 'text/event-stream' } });
assert.equal(events.headers.get('content-type'), 'text/event-stream; charset=utf-8');
const text = await events.text();
assert.match(text, /event: next\ndata: \{"data":\{"__typename":"Query"\}\}\n\n/);
assert.match(text, /event: complete\ndata:\n\n$/);
console.log('server-sent events over GET');

// Incremental delivery, only where it is accepted.
const deferring = { query: '{ models(first: 1) { nodes { name ... @defer { liveVersion { version } } } } }' };
assert.equal((await post(deferring)).status, 406, '@defer in one piece');
const parts = await post(deferring, { accept: 'multipart/mixed; deferSpec=20220824, application/json' });
assert.match(parts.headers.get('content-type'), /^multipart\/mixed; boundary="-"/);
const body = await parts.text();
assert.match(body, /"hasNext":true/);
assert.match(body, /"incremental":\[\{.*"liveVersion":/);
assert.match(body, /"hasNext":false\}\r\n-----\r\n$/);
console.log('incremental delivery');
