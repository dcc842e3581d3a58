"""Reading as one operator: inside the block the database shows no other's rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from unitledger.store.ownership import LOCATIONS_SETTING, OPERATOR_SETTING, WEB_ROLE

# The locations of the person who asks, for as long as they are answered; none: all of them.
# Kept beside the act of asking, so that no page can forget to hand it on.
locations_of_asker: ContextVar[Sequence[int]] = ContextVar("locations_of_asker", default=())


@contextmanager
def operator_scope(operator_id: int) -> Iterator[None]:
    """Read as the web role, set to one operator; both end with the transaction.

    The role may only read. Whatever query a page makes, a forgotten filter finds nothing of
    another operator's, nor of locations that the person who asks may not see.
    """
    # Durable: inside another transaction the role would outlive the block.
    with transaction.atomic(durable=True):
        locations = ",".join(str(each) for each in locations_of_asker.get())
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {WEB_ROLE}")
            cursor.execute(
                "SELECT set_config(%s, %s, true), set_config(%s, %s, true)",
                [OPERATOR_SETTING, str(operator_id), LOCATIONS_SETTING, locations],
            )
        yield
