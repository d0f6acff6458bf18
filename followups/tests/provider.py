"""A provider of e-mail, text messages or webhooks: it takes requests and keeps what it was sent."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep


@dataclass
class Provider:
    """What it answers to each request in turn, the last one for ever, and what it was sent.

    Attributes:
        silent_for: seconds between taking a request and answering it.
    """

    url: str
    answers: list = field(default_factory=lambda: [(202, b'{"id": "p-1"}')])
    silent_for: float = 0
    requests: list = field(default_factory=list)

    @property
    def keys(self):
        return Counter(headers["Idempotency-Key"] for headers, _body in self.requests)


@contextmanager
def provider():
    """Let a provider listen on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((dict(self.headers), body))
            sleep(found.silent_for)
            status, content = found.answers.pop(0) if found.answers[1:] else found.answers[0]
            if status is None:
                return  # hangs up
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Provider(f"http://127.0.0.1:{server.server_port}/messages")
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
