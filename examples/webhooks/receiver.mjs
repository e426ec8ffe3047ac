// Receives webhooks of Augur, with nothing but Node.
//
//     AUGUR_WEBHOOK_SECRET=whsec_... node receiver.mjs 9000
//
// prints a line for each event that is genuine and new.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const tolerance = 5 * 60; // seconds that the clocks may differ, and a message may be old

// verify returns the event's id, or throws when the request is not genuine.
export function verify(headers, body, secret, now = Date.now() / 1000) {
  const { 'webhook-id': event, 'webhook-timestamp': stamp, 'webhook-signature': signatures } = headers;
  if (!event || !/^\d+$/.test(stamp ?? '')) throw new Error('not signed');
  if (Math.abs(now - Number(stamp)) > tolerance) throw new Error('too old: somebody may be sending it again');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const want = createHmac('sha256', key).update(`${event}.${stamp}.`).update(body).digest();
  // Several signatures stand there while a new secret replaces another.
  const genuine = (signatures ?? '').split(' ').some((signature) => {
    const [version, got] = signature.split(',');
    const bytes = Buffer.from(got ?? '', 'base64');
    return version === 'v1' && bytes.length === want.length && timingSafeEqual(bytes, want);
  });
  if (!genuine) throw new Error("the signature is another's");
  return event;
}

const secret = process.env.AUGUR_WEBHOOK_SECRET;
if (!secret) {
  console.error('AUGUR_WEBHOOK_SECRET is the secret that webhookCreate has shown');
  process.exit(1);
}
// Events come at least once: the newest ids are remembered. A real receiver keeps
// them where it keeps what it does with events, in one transaction.
const seen = new Set();

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  let event;
  try {
    event = verify(request.headers, body, secret);
  } catch (e) {
    response.writeHead(400).end(e.message);
    return;
  }
  if (!seen.has(event)) {
    const { type, data } = JSON.parse(body);
    console.log(type, data.model ?? '-', event);
    seen.add(event);
    if (seen.size > 10_000) seen.delete(seen.values().next().value);
  }
  response.writeHead(204).end(); // soon: do what takes long after answering
}).listen(Number(process.argv[2]), '127.0.0.1');
