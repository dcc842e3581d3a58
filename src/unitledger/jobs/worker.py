"""Running a worker: a few threads, each working on one organisation."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import structlog
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from unitledger.jobs.tasks import (
    DOORS_QUEUE,
    HEARTBEAT_SECONDS,
    IMPORTS_QUEUE,
    STALLED_SECONDS,
    STOPPING,
    SWEEP_QUEUE,
    WORK_QUEUE,
)

POLL_SECONDS = 2.0
SPARE_THREADS = 5  # for sweeps, doors and imports, while organisations keep all others busy

log = structlog.get_logger(__name__)


def run_worker(*, organisations: int, stop_seconds: float) -> None:
    """Work until SIGTERM, SIGINT or SIGHUP; then end what is on its way, and return.

    `organisations`: how many to work on at the same time. Work that does not end within
    `stop_seconds` is cut off with the process: another worker finds it, and looks before it
    sends anything again.
    """
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        asyncio.run(_run(worker_app, organisations=organisations, stop_seconds=stop_seconds))


async def _run(worker_app: App, *, organisations: int, stop_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=organisations + SPARE_THREADS))
    async with worker_app.open_async():
        # A loop each, so that no sweep waits for a place among organisations that take hours.
        loops = [
            asyncio.create_task(_take_jobs(worker_app, queue=WORK_QUEUE, at_a_time=organisations)),
            asyncio.create_task(_take_jobs(worker_app, queue=SWEEP_QUEUE, at_a_time=1)),
            asyncio.create_task(_take_jobs(worker_app, queue=DOORS_QUEUE, at_a_time=2)),
            asyncio.create_task(_take_jobs(worker_app, queue=IMPORTS_QUEUE, at_a_time=1)),
        ]

        def stop() -> None:
            log.info("worker stops", within_seconds=stop_seconds)
            STOPPING.set()
            loop.call_later(stop_seconds, os._exit, 0)
            for each in loops:
                each.cancel()

        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(name, stop)
        ended = await asyncio.gather(*loops, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result


async def _take_jobs(worker_app: App, *, queue: str, at_a_time: int) -> None:
    await worker_app.run_worker_async(
        queues=[queue],
        name=f"unitledger {queue}",
        concurrency=at_a_time,
        fetch_job_polling_interval=POLL_SECONDS,
        install_signal_handlers=False,
        delete_jobs="always",
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_SECONDS,
    )
