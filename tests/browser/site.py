"""A small site of a company, served on a port of its own: its pages carry the website tag.

Chromium leads every name under `localhost` to this machine, so www.site.localhost and
app.site.localhost are two subdomains, and 127.0.0.1 is somebody else's site.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

FIELDS = ("UTM_Source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "gclid")
HIDDEN = "".join(
    f'<input type="hidden" name="{name}">'
    for name in (*FIELDS, "referrer", "landing_page", "cp_touches")
)
# What it may read of a form, and what it must not.
PERSON = """<form action="/thanks" method="post" data-cp data-cp-send>
  <input name="first_name" required><input name="last-name"><input name="company-name" value="X">
  <input type="email" name="mail"><input type="tel" name="a"><input name="b" data-cp-field="city">
  <input type="password" name="p" value="secret" data-cp-field="name">
  <input name="card_phone" value="4111"><input autocomplete="cc-name" name="name" value="Card">
  <input name="username" value="u"><input type="hidden" name="email" value="hidden@example.org">
  <input name="url" data-cp-trap><button>Send</button></form>"""


class Site:
    """The running site. `tag` is what is pasted into its pages, `ours` the host of the tag."""

    def __init__(self, ours: str) -> None:
        self.ours = ours
        self.key = "cpb_test"
        self.attributes = ""
        self.form = f'<form action="/thanks" data-cp>{HIDDEN}<button>Send</button></form>'
        self.port = 0

    def url(self, path: str = "/", host: str = "www.site.localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def tag(self) -> str:
        return f'<script src="{self.ours}/cp.js" data-key="{self.key}" {self.attributes}></script>'

    @property
    def policy(self) -> str:
        """Nothing but what the page *Website tag* tells to add."""
        ours = f"script-src {self.ours}; connect-src {self.ours}"
        return f"default-src 'none'; img-src data:; {ours}"

    def page(self, path: str) -> str:
        body = self.form if path.startswith("/contact") else ""
        return (
            f'<!doctype html><html lang="en"><head><title>{path}</title>'
            f'<link rel="icon" href="data:,">{self.tag}</head><body>{body}'
            '<a href="/prices">Prices</a> <a href="/contact">Contact</a></body></html>'
        )


S = TypeVar("S", bound=Site)


@contextmanager
def running(ours: str, kind: type[S] = Site) -> Iterator[S]:
    """A site whose tag comes from our address `ours`."""
    site = kind(ours)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = site.page(self.path).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", site.policy)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
