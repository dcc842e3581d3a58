"""One run at a time per organisation: a lease in the database, with a fence.

Every taking of the lease makes the fence one higher. What a holder writes, it writes only
while its fence is still the newest, so a holder that was paused past its lease and woke up
can do no harm to our rows. Xero never sees our fence: that is what `effects` is for.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection as database

LEASE = timedelta(seconds=10)
RENEW_EVERY = timedelta(seconds=3)


class LeaseLost(Exception):
    """Another holder took over; everything not yet recorded is theirs to find out."""


@dataclass(frozen=True, slots=True)
class Lease:
    connection_id: int
    operator_id: int
    organisation_id: int
    owner: str
    fence: int


def this_process() -> str:
    """A name for this process that another one on the same machine can check: is it alive?"""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def is_known_dead(owner: str) -> bool:
    """True only where the process surely runs no more: same machine and boot, and gone."""
    machine, _, rest = owner.rpartition("/")
    machine, _, pid = machine.rpartition("/")
    if machine != _machine() or not pid.isdigit():
        return False
    started = _started(int(pid))
    return started is None or started != rest


def take(organisation_id: int, *, owner: str, now: datetime) -> Lease | None:
    """The lease, or None where another holds it or there is no connection to work on."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT lease_owner FROM connection WHERE organisation_id = %s "
            "AND state IN ('active', 'held')",
            [organisation_id],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        holder: str | None = row[0]
        is_abandoned = holder is not None and is_known_dead(holder)
        cursor.execute(
            """
            UPDATE connection
               SET lease_owner = %(owner)s, lease_until = %(until)s, fence = fence + 1
             WHERE organisation_id = %(organisation)s AND state IN ('active', 'held')
               AND (lease_owner IS NULL OR lease_until <= %(now)s
                    OR (%(abandoned)s AND lease_owner = %(holder)s))
            RETURNING id, operator_id, fence
            """,
            {
                "owner": owner,
                "until": now + LEASE,
                "organisation": organisation_id,
                "now": now,
                "abandoned": is_abandoned,
                "holder": holder,
            },
        )
        taken = cursor.fetchone()
    if taken is None:
        return None
    return Lease(
        connection_id=taken[0],
        operator_id=taken[1],
        organisation_id=organisation_id,
        owner=owner,
        fence=taken[2],
    )


def renew(lease: Lease, *, now: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connection SET lease_until = %s WHERE id = %s AND fence = %s "
            # A holder that is paused goes on holding until what is on its way is recorded.
            "AND lease_owner = %s AND state IN ('active', 'held', 'paused')",
            [now + LEASE, lease.connection_id, lease.fence, lease.owner],
        )
        if cursor.rowcount != 1:
            raise LeaseLost


def check(lease: Lease) -> None:
    """Inside a transaction: hold the fence still until the commit, or raise."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM connection WHERE id = %s AND fence = %s AND lease_owner = %s FOR SHARE",
            [lease.connection_id, lease.fence, lease.owner],
        )
        if cursor.fetchone() is None:
            raise LeaseLost


def release(lease: Lease, *, due_at: datetime | None) -> None:
    """Let go, and say when to look again. A wake-up that came meanwhile stays."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connection SET lease_owner = NULL, lease_until = NULL, "
            "due_at = LEAST(due_at, %s) WHERE id = %s AND fence = %s AND lease_owner = %s",
            [due_at, lease.connection_id, lease.fence, lease.owner],
        )


def wake(organisation_id: int, *, now: datetime) -> None:
    """Ask for work on an organisation; the holder of its lease looks before it lets go."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connection SET due_at = LEAST(due_at, %s) WHERE organisation_id = %s",
            [now, organisation_id],
        )


def clear_wake_up(lease: Lease, *, now: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connection SET due_at = NULL WHERE id = %s AND due_at <= %s",
            [lease.connection_id, now],
        )


def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()}:{boot.read_text().strip() if boot.exists() else ''}"


def _started(pid: int) -> str | None:
    """When the process began, as the kernel counts it; None where there is no such process.

    Without /proc only the pid can be checked: a pid in use again then counts as alive, which
    is the safe mistake.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        is_zombie = after_name[0] == "Z"
        return None if is_zombie else after_name[19]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""
