"""A proxy before a server of S3 that fails as S3 does: really, by HTTP."""

import http.client
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_REFUSALS = {
    "refused": (503, b"<Error><Code>SlowDown</Code><Message>Slow</Message></Error>"),
    "forbidden": (
        403,
        b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>",
    ),
    "expired": (
        400,
        b"<Error><Code>ExpiredToken</Code><Message>Expired</Message></Error>",
    ),
}
_UNSURE = b"<Error><Code>InternalError</Code><Message>Again</Message></Error>"

# Is given the number of a request, from 1 on, and its method, path and range; returns what goes
# wrong, or None: "refused" (503, nothing is done), "forbidden" (403), "expired" (400), "lost" (done,
# but no answer comes), "unsure" (done, but answered with 500), "cut" (of what is asked for half
# comes), "partial" (of many keys the first is not deleted).
Fault = Callable[[int, str], str | None]


class Proxy:
    """The proxy at `address`; `requests` are the methods, paths and ranges of all requests.

    `deleted` are the objects, with their buckets, that requests for many at once name.
    """

    def __init__(self, server: str) -> None:
        self.server = urlsplit(server).netloc
        self.address = ""
        self.requests: list[str] = []
        self.deleted: list[str] = []
        self.fault: Fault = lambda number, request: None
        self._lock = threading.Lock()

    def fault_of(self, request: str) -> str | None:
        """Note a request, and say what is to go wrong with it."""
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
        return self.fault(number, request)

    def count(self, method: str) -> int:
        """Count the requests of a method."""
        return sum(request.startswith(f"{method} ") for request in self.requests)


def first_time_each(fault: str) -> Fault:
    """Return a fault of every request when it is made for the first time."""
    seen: set[str] = set()

    def of(number: int, request: str) -> str | None:
        # The rest of an object is no other request.
        asked = " ".join(request.split()[:2])
        is_new = asked not in seen
        seen.add(asked)
        return fault if is_new else None

    return of


@contextmanager
def proxy_before(server: str) -> Iterator[Proxy]:
    """Start a proxy before the server at an address."""
    proxy = Proxy(server)

    class Handler(_Handler):
        pass

    Handler.proxy = proxy
    listening = _Server(("127.0.0.1", 0), Handler)
    proxy.address = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield proxy
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a process that was killed before it was answered."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else the end of an answer would wait until its beginning is acknowledged.
    disable_nagle_algorithm = True
    proxy: Proxy

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = f"{self.command} {self.path} {self.headers.get('Range', '')}"
        if "?delete" in self.path:
            bucket = self.path.strip("/").partition("?")[0].strip("/")
            keys = re.findall("<Key>(.*?)</Key>", body.decode())
            self.proxy.deleted += [f"{bucket}/{key}" for key in keys]
        fault = self.proxy.fault_of(asked.strip())
        if fault == "partial" and self.command != "POST":
            fault = None
        if fault in _REFUSALS:
            status, content = _REFUSALS[fault]
            self._answer(status, [], content, len(content))
            return
        withheld = b""
        if fault == "partial":
            [withheld, *_] = re.findall(b"<Object>.*?</Object>", body)
            body = body.replace(withheld, b"")
        status, headers, content = self._forward(body)
        if fault == "partial":
            content = _with_error(content, withheld)
            headers = []
        length = int(dict(headers).get("content-length", len(content)))
        if fault == "cut" and status < 300 and self.command == "GET":
            self.close_connection = True
            content = content[: len(content) // 2]
        if fault == "unsure":
            self._answer(500, [], _UNSURE, len(_UNSURE))
        elif fault == "lost":
            self.close_connection = True
        else:
            self._answer(status, headers, content, length)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.proxy.server)
        passed = {
            name: value
            for name, value in self.headers.items()
            if name not in ("Expect", "Content-Length")
        }
        connection.request(self.command, self.path, body, passed)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        headers = [(name.lower(), value) for name, value in answer.getheaders()]
        return answer.status, headers, content

    def _answer(
        self, status: int, headers: list[tuple[str, str]], content: bytes, length: int
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            if name not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _with_error(answer: bytes, withheld: bytes) -> bytes:
    """Say in the answer to DeleteObjects that a key was not deleted."""
    named = withheld.replace(b"<Object>", b"").replace(b"</Object>", b"")
    error = b"<Error>%s<Code>InternalError</Code><Message>No</Message></Error>" % named
    return answer.replace(b"</DeleteResult>", error + b"</DeleteResult>")
