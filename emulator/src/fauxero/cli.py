"""The `fauxero` command: serve a world, audit a state file."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from fauxero.app import create_app
from fauxero.clock import Clock
from fauxero.http.limits import TIERS
from fauxero.identity.redirects import problem_with
from fauxero.importing import ImportRefused, import_organisation
from fauxero.scenarios import ScenarioError, play, read_scenario
from fauxero.server import address, listen, server_for, settle_memory
from fauxero.storage import NotAStateFile, Storage
from fauxero.tls.authority import Authority, default_folder
from fauxero.world import World

TEMPLATES = ("uk", "au", "nz", "us")


@click.group()
@click.version_option(package_name="fauxero")
def main() -> None:
    """A stateful, rule-keeping, fault-injecting Xero that runs offline. An emulator."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, help="0 takes a free port.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep everything in this file; without it, nothing survives a stop.",
)
@click.option(
    "--organisation",
    "organisations",
    multiple=True,
    type=click.Choice(TEMPLATES),
    help="A demo organisation to begin with; may be repeated.  [default: uk]",
)
@click.option(
    "--scenario",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A scenario file to begin with, instead of --organisation.",
)
@click.option("--history/--empty", default=False, help="Begin with a little history, or without.")
@click.option(
    "--tier",
    type=click.Choice(list(TIERS)),
    default="core",
    show_default=True,
    help="The app's price plan, which sets the calls a day.",
)
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    help="A redirect address for the demo app; may be repeated.",
)
@click.option("--auto-approve", is_flag=True, help="Answer the consent page without a person.")
@click.option(
    "--https-port",
    type=int,
    help="Answer HTTPS for Xero's own host names here too, 443 for the hosts file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the ready line as a JSON object.")
def serve(
    host: str,
    port: int,
    https_port: int | None,
    state: Path | None,
    organisations: tuple[str, ...],
    scenario: Path | None,
    history: bool,
    tier: str,
    redirect_uris: tuple[str, ...],
    auto_approve: bool,
    as_json: bool,
) -> None:
    """Serve until Ctrl-C or SIGTERM. The first line says where, once it answers.

    A state file that holds a world already is served as it is.
    """
    for problem in filter(None, map(problem_with, redirect_uris)):
        raise click.BadParameter(problem, param_hint="--redirect-uri")
    opening = [
        {"template": template, "history": history, "tier": tier}
        for template in organisations or ("uk",)
    ]
    gc.disable()  # all that is read stays; settle_memory switches it on again
    try:
        storage = Storage(state) if state else None
        world = (storage.read() if storage else None) or _begun(scenario, opening)
        sock = listen(host, port)
        https_sock = listen(host, https_port) if https_port is not None else None
        authority = _authority(state, is_needed=https_port is not None)
    except (NotAStateFile, ScenarioError, OSError) as error:
        raise click.ClickException(str(error)) from None
    _prepare_demo_app(world, redirect_uris)
    if auto_approve:
        world.approve_automatically()
    if storage:
        storage.save(world)
    ready = _ready(world, address(sock), state) | {
        "https_url": address(https_sock, "https") if https_sock else None,
        "ca_certificate": str(authority.certificate) if authority else None,
    }
    world.api_url = f"{address(sock)}/api.xro/2.0"
    line = json.dumps(ready) if as_json else _in_words(ready)
    server = server_for(create_app(world, storage), authority=authority, https_socket=https_sock)
    settle_memory()
    asyncio.run(_run(server, sock, line))
    if storage:
        storage.save(world)
        storage.close()


@main.command("import-org")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The state file to add the organisation to; made when there is none.",
)
@click.option("--name", help="Call the organisation this rather than by its real name.")
def import_org(files: tuple[Path, ...], state: Path, name: str | None) -> None:
    """Build an organisation from saved answers of Xero's settings endpoints.

    Each of FILES is one answer in JSON: Organisation, Accounts and TaxRates are needed;
    TrackingCategories, Items, BrandingThemes, Currencies and Users are taken when given.
    """
    try:
        storage = Storage(state)
        world = storage.read() or _opened([])
        found = import_organisation(world, files, name=name)
    except NotAStateFile as error:
        raise click.ClickException(str(error)) from None
    except ImportRefused as refusal:
        problems = "\n".join(refusal.problems)
        raise click.ClickException(f"nothing was imported:\n{problems}") from None
    storage.save(world)
    storage.close()
    for note in found.notes:
        click.echo(note, err=True)
    counts = ", ".join(f"{count} {part}" for part, count in found.counts.items() if count)
    click.echo(f"{found.host.name} ({found.host.id}): {counts}")
    click.echo(f"Serve it with: fauxero serve --state {state}")


@main.command()
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The authority beside this state file, rather than the one in the home folder.",
)
def ca(state: Path | None) -> None:
    """Print the path of the certificate that clients of Xero's own host names must trust."""
    authority = _authority(state, is_needed=True)
    assert authority is not None
    click.echo(authority.certificate)


@main.command()
@click.option(
    "--state",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The state file of a fauxero that is not running.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def audit(state: Path, as_json: bool) -> None:
    """Check that every organisation's ledger follows from its documents. Exit 1 if not."""
    try:
        world = Storage(state).read()
    except NotAStateFile as error:
        raise click.ClickException(str(error)) from None
    if world is None:
        raise click.ClickException(f"{state} is empty")
    found = world.audit()
    if as_json:
        click.echo(json.dumps({"ok": not any(found.values()), "organisations": found}))
    else:
        for organisation_id, wrong in found.items():
            name = world.organisations[organisation_id].name
            click.echo(f"{name}: {wrong or 'balances'}")
    sys.exit(1 if any(found.values()) else 0)


def _authority(state: Path | None, *, is_needed: bool) -> Authority | None:
    """The throw-away authority, made if there is none; None where its folder is not writable."""
    try:
        authority = Authority(default_folder(state).absolute())
        authority.ensure(Clock().now())
    except OSError as error:
        if is_needed:
            raise click.ClickException(
                f"Certificates cannot be kept in {error.filename}: {error.strerror}. Name a folder "
                "that can be written in FAUXERO_HOME, or a state file with --state."
            ) from None
        return None
    return authority


def _begun(scenario: Path | None, opening: list[dict[str, Any]]) -> World:
    """A world that begins as a scenario says, on its clock; or with `opening`."""
    if scenario is None:
        return _opened(opening)
    found = read_scenario(scenario)
    world = World(clock=Clock(start_at=found.start_at, speed=0))  # alike in every run
    play(found, world)
    world.clock.set(world.clock.now(), speed=1)
    return world


def _opened(opening: list[dict[str, Any]]) -> World:
    world = World()
    world.open(opening)
    return world


def _prepare_demo_app(world: World, redirect_uris: tuple[str, ...]) -> None:
    app = world.demo_app
    world.identity.set_redirect_uris(
        app.id, tuple(dict.fromkeys((*app.redirect_uris, *redirect_uris)))
    )


async def _run(server: Any, sock: Any, line: str) -> None:
    """Serve, and print the ready line only when requests are answered."""
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    if server.started:
        click.echo(line)
        sys.stdout.flush()
    await serving


def _ready(world: World, url: str, state: Path | None) -> dict[str, Any]:
    app = world.demo_app
    return {
        "url": url,
        "api_url": f"{url}/api.xro/2.0",
        "authorize_url": f"{url}/identity/connect/authorize",
        "token_url": f"{url}/connect/token",
        "revocation_url": f"{url}/connect/revocation",
        "connections_url": f"{url}/connections",
        "control_url": f"{url}/_fauxero",
        "client_id": app.id,
        "client_secret": app.secret,
        "redirect_uris": list(app.redirect_uris),
        "organisations": [
            {
                "organisation_id": host.id,
                "name": host.name,
                "template": host.registration.template,
            }
            for host in world.organisations.values()
        ],
        "state": str(state.resolve()) if state else None,
        "pid": os.getpid(),
    }


def _in_words(ready: dict[str, Any]) -> str:
    names = ", ".join(found["name"] for found in ready["organisations"])
    return (
        f"fauxero (an emulator) answers at {ready['url']} for {names}\n"
        f"client id {ready['client_id']}\nclient secret {ready['client_secret']}"
    )
