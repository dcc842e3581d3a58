"""`unitledger web`: serve the pages."""

from __future__ import annotations

import json
import os

import click

from unitledger import installation

APPLICATION = "unitledger.web.wsgi:application"
THREADS = 4


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many processes answer.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the address.")
def command(host: str, port: int, processes: int, as_json: bool) -> None:
    """Serve the pages until SIGTERM or Ctrl-C.

    Beyond this machine, put a proxy with TLS before it and set UNITLEDGER_URL to its address.

    \b
    Exit status: 0 stopped, 1 an error, 2 wrong use.
    """
    from granian.constants import Interfaces
    from granian.server import Server

    # Held here too, so that a process that answers may end and start again.
    with installation.opened():
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        click.echo(_said(url, as_json=as_json))
        Server(
            APPLICATION,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=THREADS,
            log_enabled=False,
            respawn_failed_workers=True,
        ).serve()


def _said(url: str, *, as_json: bool) -> str:
    """Where it is served; while there is no operator, also where the first one is made."""
    from unitledger import wiring
    from unitledger.engine.people.first_run import is_first_run

    set_up = f"{url}/set-up?token={wiring.set_up_token()}" if is_first_run() else None
    if as_json:
        told = {"pid": os.getpid(), "url": url}
        return json.dumps({**told, "set_up": set_up} if set_up else told)
    if set_up is None:
        return f"Serving {url}"
    return f"Serving {url}\nThere is no operator yet. Whoever opens this makes the first:\n{set_up}"
