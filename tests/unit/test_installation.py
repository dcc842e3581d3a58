"""Every command finds the same installation, and leaves nothing of it open to others."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from unitledger import installation, postgres

TELL = """
import sys
from unitledger import installation
installation.write_running(installation.Running(pid=1, web_url="http://theirs"))
print("told", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="unitledger-home-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        installation.forget_running()
        monkeypatch.setenv("UNITLEDGER_HOME", name)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.delenv("UNITLEDGER_KEY", raising=False)
        yield folder
        installation.forget_running()


def test_home_is_where_the_environment_says(home: Path) -> None:
    assert installation.home() == home


def test_each_python_environment_has_a_home_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNITLEDGER_HOME", raising=False)
    mine = installation.home()
    theirs = subprocess.run(
        [sys.base_prefix + "/bin/python3", "-c", SHOW_HOME],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert mine.parent == Path(theirs.stdout.strip()).parent
    assert mine != Path(theirs.stdout.strip())


SHOW_HOME = "from unitledger import installation; print(installation.home())"


def test_what_runs_is_found_by_another_command_and_is_private(home: Path) -> None:
    running = installation.Running(
        pid=os.getpid(), web_url="http://127.0.0.1:1", operator="Demo", processes={"worker": 7}
    )
    installation.write_running(running)
    assert installation.read_running() == running
    assert mode(home / "running.json") == 0o600
    assert mode(home / "running.lock") == 0o600
    installation.forget_running()
    assert installation.read_running() is None


def test_one_installation_runs_once_and_what_a_killed_process_left_is_not_believed(
    home: Path,
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "told\n"
    found = installation.read_running()
    assert found is not None
    assert found.web_url == "http://theirs"
    with pytest.raises(installation.AlreadyRunning, match="already runs"):
        installation.write_running(installation.Running(pid=os.getpid()))
    other.kill()
    other.communicate()
    assert (home / "running.json").exists()
    assert installation.read_running() is None


def test_the_key_is_made_once_for_the_owner_alone_and_apart_from_the_database(home: Path) -> None:
    key = installation.encryption_key()
    assert installation.encryption_key() == key
    file = home / "keys" / "encryption.key"
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    assert not file.is_relative_to(postgres.Layout(home=home).server)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_key_of_the_environment_is_taken_and_nothing_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "A" * 43 + "="
    monkeypatch.setenv("UNITLEDGER_KEY", given)
    assert installation.encryption_key() == given.encode()
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("wrong", ["short", "A" * 44, "ü" * 44])
def test_a_key_that_is_none_is_refused_without_being_shown(
    wrong: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITLEDGER_KEY", wrong)
    with pytest.raises(installation.BadKey, match="UNITLEDGER_KEY") as caught:
        installation.encryption_key()
    assert wrong not in str(caught.value)


def test_without_a_server_running_the_embedded_one_serves_for_the_time_of_the_command(
    home: Path,
) -> None:
    with installation.database() as found:
        assert found.is_embedded
        with psycopg.connect(found.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(found.url)


def test_the_environments_database_is_taken_and_no_server_is_started(
    home: Path, server: postgres.EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url())
    with installation.database() as found:
        assert (found.url, found.is_embedded) == (server.url(), False)
    assert list(home.iterdir()) == []


def test_a_second_terminal_finds_the_database_that_the_first_was_given(
    home: Path, server: postgres.EmbeddedServer
) -> None:
    installation.write_running(installation.Running(pid=os.getpid(), database_url=server.url()))
    with installation.database() as found:
        assert (found.url, found.is_embedded) == (server.url(), False)


def test_an_empty_database_is_brought_up_to_date_by_migrate_and_refused_by_other_commands(
    home: Path, server: postgres.EmbeddedServer
) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE behind TEMPLATE template1")
    refused = unitledger(OPEN, DATABASE_URL=server.url("behind"))
    assert "run `unitledger migrate`" in refused.stderr
    migrated = subprocess.run(
        [sys.executable, "-m", "unitledger", "migrate"],
        env={**os.environ, "DATABASE_URL": server.url("behind")},
        check=False,
    )
    assert migrated.returncode == 0
    assert unitledger(OPEN, DATABASE_URL=server.url("behind")).stdout == "open\n"


def test_a_database_that_cannot_be_reached_is_one_sentence(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "unitledger", "migrate"],
        env={**os.environ, "DATABASE_URL": "postgresql://me:hidden@/x?host=/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The database cannot be reached")
    assert len(done.stderr.splitlines()) == 1
    assert "hidden" not in done.stderr


OPEN = """
from unitledger import installation
with installation.opened():
    print("open")
"""


def unitledger(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_that_is_no_folder_is_one_sentence(home: Path) -> None:
    (home / "file").touch()
    done = subprocess.run(
        [sys.executable, "-m", "unitledger", "migrate"],
        env={**os.environ, "UNITLEDGER_HOME": str(home / "file" / "below")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "set UNITLEDGER_HOME to a folder that you may write" in done.stderr
    assert len(done.stderr.splitlines()) == 1
