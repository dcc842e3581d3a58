"""From events to notices: a row an event, opened when it begins and closed when it is over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from unitledger.engine.noticing.events import Event, events
from unitledger.engine.noticing.settings import setting_of
from unitledger.engine.ports import Ids
from unitledger.store.connections import Connection
from unitledger.store.notices import Notice, NoticeKind
from unitledger.store.people import Operator
from unitledger.store.webhooks import TargetState, WebhookDelivery, WebhookTarget

EVENT = "notice"


def operators() -> list[int]:
    """Who has books to watch."""
    return list(
        Connection.objects.order_by("operator_id").values_list("operator_id", flat=True).distinct()
    )


def watch(operator_id: int, *, now: datetime, ids: Ids) -> int:
    """Look once; how many events are new. What is over is closed, so that the next time is an
    event of its own."""
    setting = setting_of(operator_id)
    found = list(events(operator_id, failures_from=setting.failures_from, now=now))
    with transaction.atomic():
        # Two workers that look at the same moment write one after the other.
        operator = Operator.objects.select_for_update().get(id=operator_id)
        open_ones = list(
            Notice.objects.filter(operator_id=operator_id, ended_at=None).exclude(
                kind=NoticeKind.TEST
            )
        )
        lasting = {(each.kind, each.subject) for each in found}
        over = [each.pk for each in open_ones if (each.kind, each.subject) not in lasting]
        Notice.objects.filter(id__in=over).update(ended_at=now)
        known = {(each.kind, each.subject) for each in open_ones}
        fresh = [each for each in found if (each.kind, each.subject) not in known]
        made = [_notice(operator, each, each.kind in setting.kinds, now) for each in fresh]
        wanted = [each for each in made if each.is_wanted]
        if wanted and setting.tells_webhooks:
            tell_webhooks(operator, wanted, now=now, ids=ids)
    return len(made)


def _notice(operator: Operator, event: Event, is_wanted: bool, now: datetime) -> Notice:
    return Notice.objects.create(
        operator=operator,
        kind=event.kind,
        subject=event.subject,
        title=event.title,
        text=event.text,
        path=event.path,
        is_wanted=is_wanted,
        created_at=now,
    )


def tell_webhooks(
    operator: Operator, notices: Sequence[Notice], *, now: datetime, ids: Ids
) -> list[WebhookDelivery]:
    """One message a notice and address that is on."""
    targets = list(WebhookTarget.objects.filter(operator=operator, state=TargetState.ACTIVE))
    deliveries = [
        WebhookDelivery(
            operator=operator,
            target=target,
            event=EVENT,
            about=notice.title,
            body=json.dumps(_content(operator, notice, ids), ensure_ascii=False),
            next_at=now,
            created_at=now,
        )
        for notice in notices
        for target in targets
    ]
    made = WebhookDelivery.objects.bulk_create(deliveries)
    if targets:
        ids_of = [each.pk for each in notices]
        Notice.objects.filter(id__in=ids_of).update(webhooks=len(targets))
    return made


def _content(operator: Operator, notice: Notice, ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.state_token(),
        "type": EVENT,
        "at": notice.created_at.isoformat(),
        "operator": str(operator.public_id),
        "notice": {
            "id": str(notice.public_id),
            "kind": str(notice.kind),
            "title": notice.title,
            "text": notice.text,
            "url": link(operator, notice.path),
        },
    }


def link(operator: Operator, path: str) -> str | None:
    """The page that helps; None where nobody said what our address is."""
    base = (operator.link_base or "").rstrip("/")
    return f"{base}{path}" if base and path else None
