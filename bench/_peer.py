"""The two emulators that `bench.fauxero` compares, each a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PEER = "localstack-xero==0.1.2"
START_SECONDS_MAX = 120.0
END_SECONDS_MAX = 10.0
UNLIMITED = 1_000_000_000


class Caller:
    """One connection, kept open where the server keeps it; the same code for both."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Accept": "application/json", **headers}
        self.organisation_id = self._headers.get("xero-tenant-id", "")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self.raw(method, path, json.dumps(body).encode() if body else None))

    def raw(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = self._headers | {"Content-Type": "application/json"} if body else self._headers
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {read[:300]!r}")
        return read

    def close(self) -> None:
        self._connection.close()


@contextmanager
def peer() -> Iterator[Caller]:
    """localstack-xero in a virtual environment that is thrown away."""
    with TemporaryDirectory(prefix="bench-peer-") as folder:
        command = _installed(Path(folder) / "venv")
        port = _free_port()
        names = {"XERO_PORT": str(port), "XERO_HOST": "127.0.0.1"}
        with _process([str(command)], os.environ | names):
            caller = Caller(port, {"Authorization": "Bearer any", "xero-tenant-id": "bench"})
            _wait(port)
            yield caller
            caller.close()


def _installed(venv: Path) -> Path:
    uv = shutil.which("uv")
    if uv:
        _run(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(venv))
        python = venv / "bin" / "python"
        _run(uv, "pip", "install", "--quiet", "--python", str(python), PEER)
    else:
        _run(sys.executable, "-m", "venv", str(venv))
        _run(str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", PEER)
    return venv / "bin" / "xero-local"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def fauxero(*options: str) -> Iterator[tuple[Caller, Mapping[str, Any], int]]:
    """A fauxero with all its rules and its limiter at work, and a quota that is never used up.

    Gives a caller, what it said of itself, and its process id.
    """
    command = [sys.executable, "-m", "fauxero", "serve", "--port", "0", "--json", *options]
    with _process(command, os.environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        port = int(ready["url"].rpartition(":")[2])
        control = Caller(port, {})
        organisation_id = ready["organisations"][0]["organisation_id"]
        quota = {"minute": UNLIMITED, "day": UNLIMITED, "app_minute": UNLIMITED}
        control.call("POST", f"/_fauxero/organisations/{organisation_id}", quota)
        token = control.call("POST", "/_fauxero/token", {"organisation": organisation_id})
        bearer = f"Bearer {token['access_token']}"
        caller = Caller(port, {"Authorization": bearer, "xero-tenant-id": organisation_id})
        yield caller, ready, process.pid
        caller.close()
        control.close()


@contextmanager
def _process(
    command: list[str], environment: Mapping[str, str], stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def memory_mb(pid: int) -> float | None:
    """Resident memory now; None where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait(port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < give_up_at:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the peer did not start")
