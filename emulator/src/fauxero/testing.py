"""fauxero inside a test: a server in a thread of the same process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from fauxero.app import create_app
from fauxero.server import address, listen, server_for
from fauxero.storage import Storage
from fauxero.tls.authority import Authority
from fauxero.world import World

T = TypeVar("T")
START_SECONDS_MAX = 10.0


class Server:
    """A running fauxero. Use `run` to touch the world while requests may be under way."""

    def __init__(
        self,
        world: World,
        storage: Storage | None,
        host: str,
        port: int,
        authority: Authority | None,
    ) -> None:
        self.world = world
        self._socket = listen(host, port)
        self.url = address(self._socket)
        https_socket = listen(host, 0) if authority else None
        self.https_url = address(https_socket, "https") if https_socket else None
        world.api_url = f"{self.url}/api.xro/2.0"
        self._uvicorn = server_for(
            create_app(world, storage), authority=authority, https_socket=https_socket
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._serve, name="fauxero", daemon=True)

    def _serve(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._uvicorn.serve(sockets=[self._socket])

    def start(self) -> Server:
        self._thread.start()
        give_up_at = time.monotonic() + START_SECONDS_MAX
        while not self._uvicorn.started:
            if not self._thread.is_alive() or time.monotonic() > give_up_at:
                raise RuntimeError("fauxero did not start")
            time.sleep(0.001)
        return self

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(timeout=START_SECONDS_MAX)

    def run(self, act: Callable[[World], T]) -> T:
        """Call `act` with the world between two requests, and return what it returns."""
        assert self._loop is not None

        async def on_loop() -> T:
            return act(self.world)

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve_in_thread(
    world: World,
    *,
    storage: Storage | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    authority: Authority | None = None,
) -> Server:
    """Serve `world` on a free port and return once it answers.

    With an `authority` (whose `ensure` has been called) the server is a proxy for Xero's host
    names as well, and answers HTTPS at `https_url`.
    """
    return Server(world, storage, host, port, authority).start()
