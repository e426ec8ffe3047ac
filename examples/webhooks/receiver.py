"""Receives webhooks of Augur, with nothing but Python's standard library.

    AUGUR_WEBHOOK_SECRET=whsec_... python3 receiver.py 9000

prints a line for each event that is genuine and new.
"""

import base64
import collections
import hashlib
import hmac
import http.server
import json
import os
import sys
import time

TOLERANCE = 5 * 60  # seconds that the clocks may differ, and a message may be old


def verify(headers, body, secret, now=None):
    """Returns the event's id, or raises ValueError when the request is not genuine."""
    event, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not event or not stamp.isdigit():
        raise ValueError("not signed")
    if abs((now or time.time()) - int(stamp)) > TOLERANCE:
        raise ValueError("too old: somebody may be sending it again")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    want = base64.b64encode(hmac.new(key, f"{event}.{stamp}.".encode() + body, hashlib.sha256).digest())
    # Several signatures stand there while a new secret replaces another.
    for signature in headers.get("webhook-signature", "").split():
        version, _, got = signature.partition(",")
        if version == "v1" and hmac.compare_digest(got.encode(), want):
            return event
    raise ValueError("the signature is another's")


class Receiver(http.server.BaseHTTPRequestHandler):
    secret = os.environ.get("AUGUR_WEBHOOK_SECRET", "")
    # Events come at least once: the newest ids are remembered. A real receiver
    # keeps them where it keeps what it does with events, in one transaction.
    seen = collections.OrderedDict()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            event = verify(self.headers, body, self.secret)
        except ValueError as e:
            return self.answer(400, str(e))
        if event not in self.seen:
            payload = json.loads(body)
            print(payload["type"], payload["data"].get("model", "-"), event, flush=True)
            self.seen[event] = True
            if len(self.seen) > 10_000:
                self.seen.popitem(last=False)
        self.answer(204)  # soon: do what takes long after answering

    def answer(self, status, text=""):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    if not Receiver.secret:
        sys.exit("AUGUR_WEBHOOK_SECRET is the secret that webhookCreate has shown")
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
