"""People, operators and the audit log by command: also the way back in."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.connected import new_operator
from tests.people import browser, login_of, works_for
from unitledger.cli import group

pytestmark = pytest.mark.usefixtures("database")
NEW = "nine lamps 4 rent"


def run(*words: str) -> Result:
    return CliRunner().invoke(group, words)


def said(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_person_is_invited_listed_and_deactivated_by_command() -> None:
    works_for("mary", new_operator("Ashford"))

    made = said(
        "people", "invite", "Tom@example.com", "--role", "viewer", "--location", "Ashford",
        "--url", "http://localhost/",
    )  # fmt: skip
    joined = browser().post(
        made["link"].removeprefix("http://localhost"),
        {"name": "Tom Reed", "password": NEW, "again": NEW},
    )
    assert joined.status_code == 302
    assert "tom@example.com (Tom Reed): viewer; Ashford" in run("people", "list").stdout

    assert said("people", "deactivate", "tom@example.com")["active"] is False
    assert said("people", "reactivate", "tom@example.com")["active"] is True


def test_the_last_administrator_who_forgot_the_password_comes_in_by_a_link() -> None:
    works_for("mary", new_operator())

    link = said("people", "reset", "mary@example.com", "--url", "http://localhost")["link"]
    path = link.removeprefix("http://localhost")

    assert browser().post(path, {"password": NEW, "again": NEW})["Location"] == "/sign-in"
    assert login_of("mary").check_password(NEW)


def test_a_password_is_set_for_somebody_who_works_for_several_operators() -> None:
    works_for("ann", new_operator())
    second = new_operator()
    works_for("ann", second)
    from unitledger.store.models import AuditEntry, Operator

    name = Operator.objects.get(id=second).name
    refused = run("people", "reset", "ann@example.com", "--operator", name)
    done = run("people", "password", "ann@example.com", "--password", NEW)
    weak = run("people", "password", "ann@example.com", "--password", "12345")

    assert (refused.exit_code, done.exit_code, weak.exit_code) == (1, 0, 1)
    assert "also works for other operators" in refused.stderr
    assert login_of("ann").check_password(NEW)
    entries = AuditEntry.objects.filter(act="password_changed")
    assert {(each.operator_id, each.actor_name) for each in entries} == {
        (each, "command line") for each in Operator.objects.values_list("id", flat=True)
    }


def test_what_cannot_be_done_is_said_in_words() -> None:
    works_for("mary", new_operator())

    last = run("people", "deactivate", "mary@example.com")
    nobody = run("people", "deactivate", "eve@example.com")
    nowhere = run("people", "invite", "tom@example.com", "--location", "Nowhere")

    assert (last.exit_code, nobody.exit_code, nowhere.exit_code) == (1, 2, 2)
    assert "last administrator" in last.stderr
    assert "Nobody signs in as eve@example.com" in nobody.stderr
    assert "There is no location 'Nowhere'" in nowhere.stderr


def test_operators_are_listed_and_created() -> None:
    assert said("operators", "--create", "Harbour Storage")["people"] == 0
    assert "Harbour Storage: 0 people" in run("operators").stdout
    assert run("operators", "--create", " ").exit_code == 1


def test_the_audit_log_goes_into_a_file_of_one_operator(tmp_path: Path) -> None:
    works_for("mary", new_operator())
    run("people", "invite", "tom@example.com")
    file = tmp_path / "log.csv"

    assert said("audit", "--csv", str(file), "--act", "person_invited")["entries"] == 1

    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    assert [(each["who"], each["act"], each["name"]) for each in rows] == [
        ("command line", "person_invited", "tom@example.com")
    ]
    assert "command line: person invited  tom@example.com" in run("audit").stdout
    new_operator()
    assert run("audit").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("people", "deactivate", "tom@example.com"),
        ("people", "reset", "tom@example.com"),
        ("people", "second-step-off", "tom@example.com"),
    ],
)
def test_a_command_starts_by_itself(words: tuple[str, ...]) -> None:
    """In a process in which nothing has set Django up before."""
    works_for("tom", new_operator(), "viewer")

    done = subprocess.run(
        [sys.executable, "-m", "unitledger", *words, "--json"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["email"] == "tom@example.com"
