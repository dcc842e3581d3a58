"""What is on its way is followed until it has ended."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import cast

from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Access, Answer, WriteRequest
from unitledger.engine.sending import NOT_SENT, Flight, Sender
from unitledger.engine.tools import Tools

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class EndsWhileItIsAskedAbout(Future[Answer]):
    """Not done when it is asked, and done from then on."""

    asked = 0

    def done(self) -> bool:
        self.asked += 1
        return self.asked > 1


def test_a_request_that_ends_while_the_others_are_gone_through_is_not_lost() -> None:
    sender = Sender(cast("Tools", None))  # nothing is sent
    answer = EndsWhileItIsAskedAbout()
    answer.set_result(NOT_SENT)
    sender.add(
        Flight(
            batch_id=1,
            request=WriteRequest(EffectKind.CREATE_CONTACT, "PUT", "Contacts", b"{}", "key", ()),
            access=Access("organisation", "token", NOW + timedelta(minutes=30)),
            effects=(),
            claimed_at=NOW,
            deadline=60.0,
            answer=answer,
        )
    )

    found = sender.ended(wait_seconds=0) + sender.ended(wait_seconds=0)

    assert [each.batch_id for each in found] == [1]
    assert len(sender) == 0
    sender.close()
