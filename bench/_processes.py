"""The processes of a bench: started from here, ended with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

END_SECONDS_MAX = 10.0


class Stub:
    """A running stub; see `bench._stub`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._client = httpx2.Client(base_url=self.url, trust_env=False)

    def seconds(self) -> float:
        """The processor time it has used so far."""
        return float(self._client.get("/_stub/seconds").text)

    def reset(self) -> None:
        """Forget what was written."""
        self._client.get("/_stub/reset")

    def close(self) -> None:
        self._client.close()


@contextmanager
def stub() -> Iterator[Stub]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._stub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the stub did not start")
        running = Stub(int(line))
        yield running
        running.close()
    finally:
        process.stdin.close()  # its sign to end
        try:
            process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
