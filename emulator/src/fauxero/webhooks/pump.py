"""Delivers what is due, on the server's event loop and the world's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from fauxero.webhooks.records import Job
from fauxero.webhooks.sender import post

if TYPE_CHECKING:
    from fauxero.world import World


class Pump:
    """Runs only while something is on its way or due: `wake` it when that may have changed."""

    def __init__(self, world: World, settled: Callable[[], None]) -> None:
        self._world = world
        self._settled = settled
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look again. Without a running loop nothing is sent until the next request."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._woken.set()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            if not len(self._world.webhooks.subscriptions):
                return
            self._woken = asyncio.Event()
            self._task = loop.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            for job in self._world.webhooks.due(api_url=self._world.api_url):
                task = asyncio.create_task(self._send(job))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            if not self._sending and self._world.webhooks.next_at() is None:
                return
            await self._until_something_happens()

    async def _until_something_happens(self) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds()):
                await self._woken.wait()
        except TimeoutError:
            pass  # a retry is due

    def _wait_seconds(self) -> float | None:
        """How long until the next retry, in the machine's time; None where time stands still."""
        at, clock = self._world.webhooks.next_at(), self._world.clock
        if at is None or clock.speed <= 0:
            return None
        return max(0.001, (at - clock.now()).total_seconds() / clock.speed)

    async def _send(self, job: Job) -> None:
        desk = self._world.webhooks  # a reset meanwhile brings another desk; this one is forgotten
        replies = [await post(job.url, message) for message in job.posts]
        desk.settle(job, replies)
        self._settled()
        self._woken.set()
