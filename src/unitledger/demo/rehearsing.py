"""`python -m unitledger.demo.rehearsing FOLDER`: a whole backfill into an emulator.

Runs in an installation of its own below FOLDER: an embedded database, a key, and fauxero with
the organisation's settings in it. Reads what was packed, tells how far it is, leaves a result,
and ends everything it started.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from unitledger import installation
from unitledger.demo.processes import ProgramFailed, Programs, die_with_parent
from unitledger.installation import InstallationError
from unitledger.postgres import PostgresError

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.tools import Tools
    from unitledger.store.connections import Connection

READY_SECONDS = 60.0
TELL_SECONDS = 1.0
SETTLE_SECONDS = 0.2
STRETCHES_MAX = 200  # each ends by itself; more than that is no backfill but a fault
CHUNK = 500
REDIRECT_URI = "http://localhost/rehearsal"
# Xero's limits are of no use where nobody else asks: the calls are counted all the same.
LIMITS = {"minute": 60_000, "app_minute": 600_000, "day": 10_000_000}


class NotRehearsed(Exception):
    """It cannot be done; the message is one sentence for the person who asked."""


def main(folder: Path) -> None:
    die_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    programs = Programs(folder)
    try:
        packed = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
        fauxero = _start_fauxero(folder, programs, packed)
        (folder / "home").mkdir(mode=0o711, exist_ok=True)
        _tell(folder, doing="Making an empty database")
        with installation.opened():
            result = _play(folder, packed, fauxero)
    except (NotRehearsed, InstallationError, PostgresError) as error:
        result = {"error": str(error)}
    finally:
        programs.stop()
    _write(folder / "result.json", result)


def _start_fauxero(folder: Path, programs: Programs, packed: Mapping[str, Any]) -> dict[str, Any]:
    _tell(folder, doing="Building the organisation in the emulator")
    state = folder / "fauxero.db"
    made = subprocess.run(
        [
            *(sys.executable, "-m", "fauxero", "import-org", "--state", str(state)),
            *(str(folder / name) for name in packed["settings"]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        said = made.stderr.strip().splitlines()
        raise NotRehearsed(
            "The emulator could not take the organisation’s settings: "
            f"{said[-1] if said else 'it said nothing'}"
        )
    programs.start(
        "fauxero",
        (
            *("fauxero", "serve", "--host", "127.0.0.1", "--port", "0"),
            *("--state", str(state), "--redirect-uri", REDIRECT_URI, "--json"),
        ),
        environment={},
    )
    try:
        ready = json.loads(programs.first_line("fauxero", seconds=READY_SECONDS))
    except ProgramFailed as failed:
        raise NotRehearsed(f"The emulator did not start: {failed}") from None
    organisation = ready["organisations"][0]["organisation_id"]
    answer = httpx2.post(f"{ready['url']}/_fauxero/organisations/{organisation}", json=LIMITS)
    answer.raise_for_status()
    return ready


def _play(folder: Path, packed: Mapping[str, Any], fauxero: Mapping[str, Any]) -> dict[str, Any]:
    """Connect, take everything in, sync, tie out, and read what the books show."""
    from unitledger import wiring
    from unitledger.demo.rehearsed_books import read_figures
    from unitledger.demo.rehearsed_outcome import outcome_of

    wiring.use_emulator(fauxero["url"])
    tools = wiring.shared_tools()
    connection = _connected(packed, fauxero, tools)
    _tell(folder, doing="Taking your records in")
    _take_in(connection.operator_id, folder, packed, tools=tools)
    with _telling(folder, connection.organisation_id, tools):
        _sync(connection.organisation_id, tools)
    _tell(folder, doing="Comparing both ledgers")
    outcome = outcome_of(connection, tools=tools)
    _tell(folder, doing="Reading profit and tax")
    figures = read_figures(
        fauxero["url"],
        organisation_id=connection.organisation.xero_id,
        start_on=date.fromisoformat(packed["start_on"]),
    )
    return {"mapping_version": packed["mapping_version"], **outcome, **figures}


def _connected(packed: Mapping[str, Any], fauxero: Mapping[str, Any], tools: Tools) -> Connection:
    from unitledger import wiring
    from unitledger.demo.consenting import give_consent
    from unitledger.engine import connecting
    from unitledger.store.connections import MappingVersion
    from unitledger.store.people import Operator
    from unitledger.store.places import Location

    operator = Operator.objects.create(**packed["operator"])
    for place in packed["locations"]:
        Location.objects.create(operator=operator, **place)
    app = connecting.save_app_keys(
        operator.pk,
        client_id=fauxero["client_id"],
        client_secret=fauxero["client_secret"],
        vault=tools.vault,
    )
    address = connecting.begin_consent(
        app,
        user_id=None,
        redirect_uri=REDIRECT_URI,
        scopes=wiring.CONSENT_SCOPES,
        tools=tools,
    )
    back = give_consent(address)
    granted = connecting.finish_consent(
        state=back.state, code=back.code, error=back.error, user_id=None, tools=tools
    )
    connection = connecting.connect_organisation(
        granted.consent_id,
        xero_id=granted.organisations[0].organisation_id,
        start_on=date.fromisoformat(packed["start_on"]),
        tools=tools,
    )
    MappingVersion.objects.create(
        operator=operator,
        organisation=connection.organisation,
        version=packed["mapping_version"],
        content=packed["mapping"],
    )
    return connection


def _take_in(operator_id: int, folder: Path, packed: Mapping[str, Any], *, tools: Tools) -> None:
    from unitledger.engine.intake import take_in

    zone = packed["locations"][0]["zone"] if packed["locations"] else "UTC"
    for chunk in _chunks(folder / "records.jsonl"):
        take_in(operator_id, chunk, now=tools.clock.now(), zone=zone)


def _chunks(file: Path) -> Iterator[Sequence[Any]]:
    from unitledger.core.arrivals import Arrived
    from unitledger.core.billing import from_content

    with file.open(encoding="utf-8") as lines:
        while found := list(islice(lines, CHUNK)):
            yield [Arrived(records=[from_content(json.loads(each))], raw={}) for each in found]


def _sync(organisation_id: int, tools: Tools) -> None:
    """Until nothing goes by itself. What waits for a person is told in the outcome."""
    from unitledger.engine.progress import progress
    from unitledger.engine.work import work_on
    from unitledger.store.journal import RunState

    for _ in range(STRETCHES_MAX):
        outcome = work_on(organisation_id, tools, trigger="cli", is_asked_by_person=True)
        if outcome is not None and outcome.state is not RunState.FINISHED:
            raise NotRehearsed(outcome.message or f"The run ended as {outcome.state}.")
        look = progress(organisation_id, now=tools.clock.now())
        if outcome is None or (outcome.due_at is None and not look.unknown):
            return
        tools.clock.sleep(SETTLE_SECONDS)
    raise NotRehearsed("The rehearsal did not come to its end.")


@contextlib.contextmanager
def _telling(folder: Path, organisation_id: int, tools: Tools) -> Iterator[None]:
    """Say every second how far the sync is."""
    from django.db import connection as database

    from unitledger.engine.progress import progress

    is_over = threading.Event()

    def tell() -> None:
        while not is_over.wait(TELL_SECONDS):
            look = progress(organisation_id, now=tools.clock.now())
            _tell(folder, doing="Sending to the emulator", sent=_sent(organisation_id))
            if look.documents_left == 0 and look.phase == "verifying":
                _tell(folder, doing="Comparing what was sent", sent=_sent(organisation_id))
        database.close()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def _sent(organisation_id: int) -> int:
    from unitledger.store.journal import Document

    return Document.objects.filter(organisation_id=organisation_id, xero_id__isnull=False).count()


def _tell(folder: Path, **told: Any) -> None:
    _write(folder / "progress.json", told)


def _write(file: Path, content: Mapping[str, Any]) -> None:
    draft = file.with_name(f"{file.name}.{threading.get_ident()}.new")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
