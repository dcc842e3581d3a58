"""Uploaded files, checked and taken in by the workers; and what was left lying, removed.

As with runs, a job carries no truth: what was asked for stands in the upload's row.
"""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from unitledger.jobs.doors import CRON

IMPORTS_QUEUE = "imports"

log = structlog.get_logger(__name__)


@app.periodic(cron=CRON)
@app.task(name="take_uploads", queue=IMPORTS_QUEUE, queueing_lock="take_uploads")
def take_uploads(timestamp: int) -> None:
    """Check and import what people asked for, which may take minutes."""
    from unitledger import wiring
    from unitledger.engine.uploading.working import open_uploads, work_off
    from unitledger.jobs.tasks import STOPPING

    clock = wiring.shared_tools().clock
    for upload_id in open_uploads(now=clock.now()):
        if STOPPING.is_set():
            return
        work_off(
            upload_id,
            clock=clock,
            open_source=wiring.open_with_text,
            should_stop=STOPPING.is_set,
        )
        log.info("worked on an upload", upload_id=upload_id)


@app.periodic(cron="17 * * * *")
@app.task(name="clear_uploads", queue=IMPORTS_QUEUE, queueing_lock="clear_uploads")
def clear_uploads(timestamp: int) -> None:
    """Let go of files that nobody came back for, and of old correction files."""
    from unitledger import wiring
    from unitledger.engine.uploading.keeping import clear_away

    given_up = clear_away(now=wiring.shared_tools().clock.now())
    if given_up:
        log.info("gave up uploads", uploads=given_up)
