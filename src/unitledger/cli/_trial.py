"""The acts of the demo, in their order."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx2

from unitledger import installation
from unitledger.cli._progress import Stopping, shown
from unitledger.cli._syncing import INTERRUPTED, Synced, bring_up_to_date
from unitledger.cli._tables import print_tie_out
from unitledger.demo import keeping
from unitledger.demo.keeping import HoldsRecords, Kept, NotADemo
from unitledger.demo.processes import ProgramFailed, Programs
from unitledger.installation import InstallationError, Running

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.demo.living import Living
    from unitledger.engine.reconcile.tie_out import TieOut
    from unitledger.engine.tools import Tools

WEB_PORT = 8000
FAUXERO_PORT = 8765
READY_SECONDS = 60.0
POLL_SECONDS = 0.05
CALLBACK_PATH = "/settings/integration/xero/callback"


class PortTaken(InstallationError):
    def __init__(self, *, port: int, option: str) -> None:
        super().__init__(f"Port {port} is in use: choose another with {option}.")


@dataclass(frozen=True)
class Options:
    port: int | None
    fauxero_port: int | None
    seed: int
    is_fresh: bool
    is_empty: bool
    is_live: bool  # the business goes on


@dataclass
class Result:
    """What the demo came to, for people and for programs."""

    url: str
    user: str
    password: str = field(repr=False)
    fauxero_url: str
    synced: Synced | None = None
    tie_out: TieOut | None = None

    @property
    def exit_status(self) -> int:
        if self.tie_out is None:
            return INTERRUPTED
        return 0 if self.tie_out.ties else 1

    def as_json(self) -> str:
        content: dict[str, Any] = {
            "url": self.url,
            "user": self.user,
            "password": self.password,
            "fauxero_url": self.fauxero_url,
            "calls_used": self.synced.calls_used if self.synced else 0,
        }
        if self.tie_out is not None:
            from unitledger.engine.reconcile.content import to_content

            content |= to_content(self.tie_out)
        return json.dumps(content)


class Trial:
    def __init__(self, options: Options, *, say: Callable[[str], None], is_shown: bool) -> None:
        self.say = say
        self._options = options
        self._is_shown = is_shown
        self._home = installation.home()
        self._folder = keeping.folder_of(self._home)
        self._operator_name: str | None = None
        self._living: Living | None = None
        self._ready_at = 0.0

    @contextmanager
    def playing(self, programs: Programs, stopping: Stopping) -> Iterator[Result]:
        """Start everything, sync and tie out; it all runs as long as the block."""
        began = time.monotonic()
        web_port = _port(self._options.port, WEB_PORT, option="--port")
        fauxero_port = _port(self._options.fauxero_port, FAUXERO_PORT, option="--fauxero-port")
        # Xero takes http://localhost for a redirect address, and not http://127.0.0.1.
        url = f"http://localhost:{web_port}"
        start_fauxero = partial(
            self._start_fauxero, programs, port=fauxero_port, redirect_uri=url + CALLBACK_PATH
        )
        # It gets ready while the database does, unless its state may be thrown away yet.
        is_started = not self._is_other_kind()
        if is_started:
            start_fauxero()
        with installation.connected():
            kept = self._kept()
            if not is_started:
                start_fauxero()
            fauxero = json.loads(programs.first_line("fauxero", seconds=READY_SECONDS))
            result = self._play(programs, stopping, fauxero, kept=kept, web_port=web_port)
            self._tell(result, seconds=time.monotonic() - began)
            yield result

    def _is_other_kind(self) -> bool:
        """Whether a demo is there that was begun with --empty while this one is not, or so.

        Forgets what is to be begun anew in any case.
        """
        kept = keeping.read_kept(self._folder)
        if kept is None or self._options.is_fresh:
            keeping.forget_books(self._folder)
            return False
        return kept.is_empty != self._options.is_empty

    def _kept(self) -> Kept | None:
        """The demo that is there; None where one is to be begun, on an empty database."""
        from unitledger.demo.setting_up import erase_database, holds_a_business, holds_only_fiction

        kept = keeping.read_kept(self._folder)
        installation.migrate()
        if kept is None and holds_a_business() and not holds_only_fiction():
            raise NotADemo(home=self._home)
        if kept is not None and not self._options.is_fresh:
            if kept.is_empty == self._options.is_empty:
                return kept
            if not holds_only_fiction():
                raise HoldsRecords(home=self._home, is_empty_kind=kept.is_empty)
            keeping.forget_books(self._folder)
        if kept is not None or holds_a_business():
            self.say("Beginning anew.")
            erase_database()
            installation.migrate()
        keeping.forget(self._folder)
        return None

    def _start_fauxero(self, programs: Programs, *, port: int, redirect_uri: str) -> None:
        state = self._folder / keeping.STATE_FILE
        programs.start(
            "fauxero",
            (
                *("fauxero", "serve", "--host", "127.0.0.1", "--port", str(port)),
                *("--state", str(state), "--organisation", "uk", "--empty"),
                *("--redirect-uri", redirect_uri, "--json"),
            ),
            environment={},
        )

    def _play(
        self,
        programs: Programs,
        stopping: Stopping,
        fauxero: Mapping[str, Any],
        *,
        kept: Kept | None,
        web_port: int,
    ) -> Result:
        from unitledger import wiring

        url = f"http://localhost:{web_port}"
        wiring.use_emulator(fauxero["url"])
        wiring.check_place()
        tools = wiring.shared_tools()
        kept = self._set_up(kept, fauxero, url=url, tools=tools)
        self._start_web(programs, port=web_port)
        result = Result(url=url, user=kept.user, password=kept.password, fauxero_url=fauxero["url"])
        if not kept.is_empty or self._has_records():
            self._sync(kept, result, tools=tools, stopping=stopping)
        if not stopping():
            self._tie_out(kept, result, tools=tools)
        # Behind the first sync, which is done here, so that the two do not share the machine.
        self._start_worker(programs)
        _wait_for_page(programs, port=web_port)
        self._operator_name = kept.operator_name
        self.tell_others(programs, result)
        if not kept.is_empty and self._options.is_live:
            self._go_on(kept, url=url, tools=tools)
        return result

    def _go_on(self, kept: Kept, *, url: str, tools: Tools) -> None:
        from unitledger.demo import living, setting_up

        kept = setting_up.with_key(kept, tools=tools)
        keeping.keep(self._folder, kept)
        self._living = living.Living(
            self._folder,
            setting_up.business_of(kept),
            url=url,
            key=kept.api_key,
            seed=kept.seed,
        )
        self._ready_at = time.monotonic()

    def live(self) -> None:
        """Let the business go on where it is time: a few events a minute."""
        from unitledger import wiring

        if self._living is None:
            return
        said = self._living.step(
            elapsed=time.monotonic() - self._ready_at,
            today=lambda: wiring.shared_tools().clock.now().date(),
        )
        if said is not None:
            self.say(said)

    def tell_others(self, programs: Programs, result: Result) -> None:
        """Let the commands of other terminals find what runs."""
        installation.write_running(
            Running(
                pid=os.getpid(),
                web_url=result.url,
                fauxero_url=result.fauxero_url,
                operator=self._operator_name,
                database_url=os.environ.get("DATABASE_URL"),
                processes=programs.pids,
            )
        )

    def _set_up(
        self, kept: Kept | None, fauxero: Mapping[str, Any], *, url: str, tools: Tools
    ) -> Kept:
        """Every step can be taken again: a start that was cut off goes on where it was."""
        from unitledger.demo import setting_up

        if kept is None:
            kept = setting_up.begin(
                seed=self._options.seed,
                is_empty=self._options.is_empty,
                link_base=url,
                today=tools.clock.now().date(),
            )
            keeping.keep(self._folder, kept)
        if kept.is_set_up:
            self.say(f"{kept.operator_name} is there already; --fresh begins anew.")
            setting_up.moved_to(kept, url)
            return kept
        self.say(f"Connecting {kept.operator_name} to {fauxero['organisations'][0]['name']}.")
        setting_up.connect(kept, fauxero, redirect_uri=url + CALLBACK_PATH, tools=tools)
        if not kept.is_empty:
            count = setting_up.bring_in(kept, tools=tools)
            self.say(f"Six months of business: {count:,} records.")
        kept = replace(kept, is_set_up=True)
        keeping.keep(self._folder, kept)
        return kept

    def _start_web(self, programs: Programs, *, port: int) -> None:
        programs.start(
            "web",
            ("unitledger", "web", "--port", str(port)),
            environment=self._environment,
            is_restarted=True,
        )

    def _start_worker(self, programs: Programs) -> None:
        programs.start(
            "worker", ("unitledger", "worker"), environment=self._environment, is_restarted=True
        )

    @property
    def _environment(self) -> Mapping[str, str]:
        # Notices are printed into the worker's log, unless somebody named a mail server.
        smtp = os.environ.get("UNITLEDGER_SMTP", "console")
        return {
            "UNITLEDGER_HOME": str(self._home),
            "UNITLEDGER_SMTP": smtp,
            # A receiver to try webhooks with is most often a program on this machine.
            "UNITLEDGER_WEBHOOKS_PRIVATE": "1",
        }

    def _has_records(self) -> bool:
        from unitledger.store.records import SourceRecord

        return SourceRecord.objects.exists()

    def _sync(self, kept: Kept, result: Result, *, tools: Tools, stopping: Stopping) -> None:
        from unitledger.demo.setting_up import connection_of

        connection = connection_of(kept)
        assert connection is not None
        began = time.monotonic()
        with shown(
            connection.organisation_id,
            name="Syncing",
            clock=tools.clock,
            is_wanted=self._is_shown or sys.stderr.isatty(),
        ):
            result.synced = bring_up_to_date(
                connection.organisation_id, tools=tools, stopping=stopping
            )
        state = result.synced
        self.say(
            f"Synced with {state.calls_used} calls in {time.monotonic() - began:.1f} s"
            f"{'' if state.state == 'finished' else f' ({state.state}: {state.message})'}."
        )

    def _tie_out(self, kept: Kept, result: Result, *, tools: Tools) -> None:
        from unitledger.demo.setting_up import connection_of
        from unitledger.engine.reconcile.recording import tie_out_and_keep

        connection = connection_of(kept)
        assert connection is not None
        result.tie_out = tie_out_and_keep(connection.organisation_id, tools=tools)

    def _show(self, result: Result) -> None:
        if result.tie_out is None:
            self.say("Interrupted before the tie-out.")
        elif self._is_shown:
            print_tie_out(result.tie_out)

    def _tell(self, result: Result, *, seconds: float) -> None:
        self._show(result)
        self.say(f"Ready after {seconds:.1f} s.")
        self.say(f"\n  Open      {result.url}")
        self.say(f"  Sign in   {result.user}  {result.password}")
        self.say(f"  fauxero   {result.fauxero_url}  (an emulator, not Xero)\n")


def _port(asked: int | None, usual: int, *, option: str) -> int:
    """The port asked for, or the usual one, or a free one where that is taken."""
    if asked is not None:
        if not _is_free(asked):
            raise PortTaken(port=asked, option=option)
        return asked or _free_port()
    return usual if _is_free(usual) else _free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_page(programs: Programs, *, port: int) -> None:
    """Until the sign-in page answers. Raises where a program ended, or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        programs.check()
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/sign-in", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            pass  # it does not listen yet
        time.sleep(POLL_SECONDS)
    raise ProgramFailed(name="web", said="no page came within a minute.")
