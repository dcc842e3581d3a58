"""Whether a server that an address leads to is one we can use."""

from __future__ import annotations

import psycopg

from unitledger.postgres.errors import ServerTooOld, ServerUnreachable

SERVER_VERSION_MIN = 15
CONNECT_SECONDS_MAX = 10


def check_server(url: str) -> None:
    """Raise where the address leads to no server, or to one that is too old."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()
        raise ServerUnreachable(said=said[0] if said else "no reason given") from None
    except psycopg.ProgrammingError:
        # Its message would show the address, password included.
        raise ServerUnreachable(said="that is no PostgreSQL address") from None
    require_version(version)


def require_version(version: int) -> None:
    """Raise for a version, as PostgreSQL numbers them (160004 is 16.4), that is too old."""
    if version < SERVER_VERSION_MIN * 10_000:
        found = f"{version // 10_000}.{version % 10_000}"
        raise ServerTooOld(found=found, wanted=SERVER_VERSION_MIN)
