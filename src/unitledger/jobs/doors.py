"""The doors for machines, tended every two seconds: messages read, items taken in, changes told.

As with runs, a job carries no truth: what waits stands in our rows, and each act holds the row
it works on, so that two workers do nothing twice.
"""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

DOORS_QUEUE = "doors"
CRON = "* * * * * */2"
NOTICES_CRON = "* * * * * */20"

log = structlog.get_logger(__name__)


@app.periodic(cron=CRON)
@app.task(name="tend_doors", queue=DOORS_QUEUE, queueing_lock="tend_doors")
def tend_doors(timestamp: int) -> None:
    """Read what the storage software sent; tell others what changed."""
    from unitledger import wiring
    from unitledger.engine.arriving import hooks
    from unitledger.engine.delivering import telling
    from unitledger.engine.delivering.delivering import deliver_due

    tools = wiring.shared_tools()
    for arrival_id in hooks.unread():
        hooks.read_arrival(arrival_id, now=tools.clock.now(), read=wiring.read_hook_message)
    for operator_id in telling.operators_with_changes():
        while telling.prepare(operator_id, now=tools.clock.now(), ids=tools.ids):
            pass
    made = deliver_due(clock=tools.clock, poster=wiring.webhook_poster(), vault=tools.vault)
    if made:
        log.info("told of changes", attempts=made)


@app.periodic(cron=CRON)
@app.task(name="take_bulk", queue=DOORS_QUEUE, queueing_lock="take_bulk")
def take_bulk(timestamp: int) -> None:
    """Take in what came in bulk, which may take minutes."""
    from unitledger import wiring
    from unitledger.engine.arriving import bulk

    for job_id in bulk.open_jobs():
        bulk.work_off(job_id, clock=wiring.shared_tools().clock, read_item=wiring.read_wire_item)


@app.periodic(cron=NOTICES_CRON)
@app.task(name="notice", queue=DOORS_QUEUE, queueing_lock="notice")
def notice(timestamp: int) -> None:
    """See what needs a person, and tell who asked to be told."""
    from unitledger import wiring
    from unitledger.engine.noticing import mailing, watching

    tools, mailer = wiring.shared_tools(), wiring.mailer()
    for operator_id in watching.operators():
        watching.watch(operator_id, now=tools.clock.now(), ids=tools.ids)
        if mailer.is_set_up:
            mailing.prepare(operator_id, now=tools.clock.now())
    if mailer.is_set_up:
        sent = mailing.deliver_due(clock=tools.clock, mailer=mailer)
        if sent:
            log.info("sent notices", mails=sent)
