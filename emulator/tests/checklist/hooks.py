"""An app's webhook address, as Xero's documentation asks one to be; or a worse one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.conftest import Xero

KEY = "s3cr3t/key"

Judge = Callable[[bytes, str], int]


class Receiver:
    """Answers each post with what `judge` says: by default 200 or 401 by the signature."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.posts: list[dict[str, Any]] = []  # bodies of rightly signed posts
        self.signatures: list[bool] = []
        self.judge: Judge = lambda body, signature: 200 if self.is_right(body, signature) else 401
        self.wait_seconds = 0.0
        self.extra = b""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook?of=ledger"

    def is_right(self, body: bytes, signature: str) -> bool:
        digest = hmac.new(self.key.encode(), body, hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(digest).decode(), signature)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        signature = request.headers["x-xero-signature"]
        self.signatures.append(self.is_right(body, signature))
        time.sleep(self.wait_seconds)
        status = self.judge(body, signature)
        if status == 200:
            self.posts.append(json.loads(body))
        request.send_response(status)
        request.send_header("Content-Length", str(len(self.extra)))
        if self.extra:
            request.send_header("Set-Cookie", "a=b")
        request.end_headers()
        request.wfile.write(self.extra)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for post in self.posts for event in post["events"]]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


# ---- a webhook of the demo app, seen through the control plane


def shown(xero: Xero) -> dict[str, Any]:
    return xero.control("GET", "webhooks")["webhooks"][0]


def until(xero: Xero, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait, at most a few seconds, until the webhook's state is as wanted."""
    give_up_at = time.monotonic() + 8
    while not is_so(state := shown(xero)):
        assert time.monotonic() < give_up_at, state
        time.sleep(0.01)
    return state


def subscribe(xero: Xero, receiver: Receiver, **how: Any) -> dict[str, Any]:
    xero.control("POST", "webhooks", {"url": receiver.url, "key": KEY, **how})
    return until(xero, lambda state: not state["intent_awaited"])


def delivered(state: dict[str, Any]) -> bool:
    return state["undelivered"] == 0


def tried(times: int) -> Callable[[dict[str, Any]], bool]:
    return lambda state: sum(part["kind"] == "events" for part in state["attempts"]) >= times
