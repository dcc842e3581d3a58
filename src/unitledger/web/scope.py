"""Reading as one operator: inside the block the database shows no other's rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from unitledger.store.ownership import OPERATOR_SETTING, WEB_ROLE


@contextmanager
def operator_scope(operator_id: int) -> Iterator[None]:
    """Read as the web role, set to one operator; both end with the transaction.

    The role may only read. Whatever query a page makes, a forgotten filter finds nothing of
    another operator's.
    """
    # Durable: inside another transaction the role would outlive the block.
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {WEB_ROLE}")
            cursor.execute("SELECT set_config(%s, %s, true)", [OPERATOR_SETTING, str(operator_id)])
        yield
