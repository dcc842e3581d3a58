"""What travels by Procrastinate: "look at organisation N", and nothing else.

A job carries no truth. What is due, who works on it and how far it got stands in our own rows
(`engine.lease`), so a job may be lost, doubled or late and nothing goes wrong: the sweep wakes
whatever is due, and a worker that does not get the lease leaves. Hence no lock, no retry and no
delayed job here: each of those can block an organisation for good.
"""

from __future__ import annotations

import threading

import structlog
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status

from unitledger.jobs import doors, imports

# Django's set-up imports this module in every command: what only a worker needs is imported
# where it is used.

WORK_QUEUE = "work"
SWEEP_QUEUE = "sweep"
DOORS_QUEUE = doors.DOORS_QUEUE  # importing them is how Procrastinate finds their tasks
IMPORTS_QUEUE = imports.IMPORTS_QUEUE
SWEEP_CRON = "* * * * * */2"  # every two seconds; the sixth field counts seconds
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 20.0

# Set when the process is asked to stop: runs record what is in flight and let go.
STOPPING = threading.Event()

log = structlog.get_logger(__name__)


@app.task(name="look_at", queue=WORK_QUEUE)
def look_at(organisation_id: int) -> None:
    """Work on one organisation, unless somebody already does."""
    from unitledger import wiring
    from unitledger.engine.lease import this_process
    from unitledger.engine.runs import BY_ITSELF
    from unitledger.engine.work import work_on

    outcome = work_on(
        organisation_id,
        wiring.shared_tools(),
        trigger=BY_ITSELF,
        owner=this_process(),
        is_stopping=STOPPING.is_set,
    )
    log.info(
        "looked at organisation",
        organisation_id=organisation_id,
        state=str(outcome.state) if outcome else "nothing to do, or in other hands",
    )


@app.task(name="tie_out", queue=WORK_QUEUE)
def make_tie_out(request_id: int) -> None:
    """Make the tie-out that a person asked for; the truth of it stands in its own row."""
    from unitledger import wiring
    from unitledger.engine.month_end.asking import make_asked_tie_out

    make_asked_tie_out(request_id, tools=wiring.shared_tools())


@app.task(name="dry_run", queue=WORK_QUEUE)
def make_dry_run(dry_run_id: int) -> None:
    """Work out what a sync would write, for the person who waits for it."""
    from unitledger import wiring
    from unitledger.engine.dry_runs import make

    made = make(dry_run_id, tools=wiring.shared_tools())
    log.info("made a dry run", dry_run_id=dry_run_id, state=str(made.state))


@app.task(name="rehearse", queue=WORK_QUEUE)
def make_rehearsal(rehearsal_id: int) -> None:
    """Watch a rehearsal, which runs in a process of its own, until it has ended."""
    from unitledger import wiring
    from unitledger.engine.rehearsal.running import rehearse

    rehearse(
        rehearsal_id,
        stage=wiring.rehearsal_stage(),
        settings=wiring.settings_reader(),
        tools=wiring.shared_tools(),
        is_stopping=STOPPING.is_set,
    )


@app.periodic(cron=SWEEP_CRON)
@app.task(name="sweep", queue=SWEEP_QUEUE, queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Wake what is due. Once for all workers, however many there are."""
    from unitledger import wiring
    from unitledger.engine.month_end.asking import asked_tie_outs
    from unitledger.engine.rehearsal.asking import asked_rehearsals
    from unitledger.engine.steering import keep_to_schedule
    from unitledger.engine.waking import due_organisations

    now = wiring.shared_tools().clock.now()
    keep_to_schedule(now=now)
    for organisation_id in due_organisations(now=now):
        send_for(organisation_id)
    for request_id in asked_tie_outs():
        _send_tie_out(request_id)
    for rehearsal_id in asked_rehearsals():
        _send_rehearsal(rehearsal_id)


@app.periodic(cron="* * * * * */30")
@app.task(name="tidy", queue=SWEEP_QUEUE, queueing_lock="tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:
    """Drop the jobs that a killed worker left open. Their work is found again by the sweep."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)


def send_for(organisation_id: int) -> None:
    """Ask the workers to look at an organisation; nothing new where they are asked already."""
    try:
        with transaction.atomic():  # so that the caller's transaction outlives a refusal
            look_at.configure(queueing_lock=f"organisation {organisation_id}").defer(
                organisation_id=organisation_id
            )
    except AlreadyEnqueued:
        pass  # the waiting job will find this work too


def _send_tie_out(request_id: int) -> None:
    try:
        with transaction.atomic():
            job = make_tie_out.configure(queueing_lock=f"tie-out {request_id}")
            job.defer(request_id=request_id)
    except AlreadyEnqueued:
        pass  # no worker has come to it yet


def _send_rehearsal(rehearsal_id: int) -> None:
    try:
        with transaction.atomic():
            job = make_rehearsal.configure(queueing_lock=f"rehearsal {rehearsal_id}")
            job.defer(rehearsal_id=rehearsal_id)
    except AlreadyEnqueued:
        pass  # no worker has come to it yet
