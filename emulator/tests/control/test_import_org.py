"""Building an organisation from saved answers of the settings endpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fauxero.cli import main
from fauxero.importing import ImportRefused, import_organisation
from fauxero.storage import Storage
from fauxero.world import World
from tests.conftest import Xero

PATHS = {
    "Organisation": "Organisations",
    "Accounts": "Accounts",
    "TaxRates": "TaxRates",
    "TrackingCategories?includeArchived=true": "TrackingCategories",
    "Items": "Items",
    "BrandingThemes": "BrandingThemes",
    "Currencies": "Currencies",
    "Users": "Users",
}


@pytest.fixture
def answers(xero: Xero, tmp_path: Path) -> list[Path]:
    """What a real organisation's endpoints answered, saved: here fauxero's own stands for it."""
    xero.control("POST", "acts/set_lock_dates", {"period": "2026-01-31"})
    xero.control("POST", "acts/archive_account", {"code": "4010"})
    files = []
    for path, name in PATHS.items():
        file = tmp_path / f"{name}.json"
        file.write_bytes(xero.get(path).content)
        files.append(file)
    return files


def edited(file: Path, change: Any) -> None:
    data = json.loads(file.read_bytes())
    change(data)
    file.write_text(json.dumps(data))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["import-org", *map(str, arguments)])


def test_the_organisation_comes_out_as_it_went_in(
    xero: Xero, answers: list[Path], tmp_path: Path
) -> None:
    """Chart, rates, tracking, lock dates and tax basis, with the ids of the real one."""
    result = run(*answers, "--state", tmp_path / "books.db")
    assert result.exit_code == 0, result.output
    assert f"Demo Company (UK) ({xero.organisation_id}): 1 Organisations, " in result.output
    world = Storage(tmp_path / "books.db").read()
    assert world is not None
    books = world.organisation("imported").books
    assert books.organisation_id == xero.organisation_id
    assert str(books.organisation.period_locked_on) == "2026-01-31"
    assert books.organisation.sales_tax_basis == "ACCRUAL"
    real = {row["AccountID"]: row for row in xero.rows("Accounts")}
    assert {account.id for account in books.accounts} == real.keys()
    for account in books.accounts:
        assert (account.code, account.type) == (
            real[account.id].get("Code"),
            real[account.id]["Type"],
        )
    archived = books.account_by_code("4010")
    assert archived is not None
    assert archived.status == "ARCHIVED"
    assert {rate.id for rate in books.tax_rates} == {r["TaxType"] for r in xero.rows("TaxRates")}
    location = books.category_by_name("Location")
    assert location is not None
    options = [option.name for option in books.options_of(location.id)]
    assert options == ["Ashford", "Brookvale", "Castleton"]
    assert books.item_by_code("LOCK") is not None
    theme = xero.rows("BrandingThemes")[0]["BrandingThemeID"]
    assert books.organisation.branding_theme_id == theme
    books.check()


def test_imported_books_keep_the_rules(xero: Xero, answers: list[Path]) -> None:
    world = World()
    host = import_organisation(world, answers, name="Rehearsal").host
    assert host.name == "Rehearsal"
    from fauxero.accounting import bookkeeper

    line = {"unit_amount": 100, "account_code": "2000", "description": "Rent"}
    invoice = bookkeeper.raise_invoice(
        host.books, contact_name="Bea", date="2026-02-01", lines=[line]
    )
    assert invoice["Total"] == 120
    with pytest.raises(bookkeeper.ActRefused, match="lock date"):
        bookkeeper.raise_invoice(host.books, contact_name="B", date="2026-01-31", lines=[line])
    host.books.check()


def test_a_second_import_of_the_same_organisation_is_refused(
    answers: list[Path], tmp_path: Path
) -> None:
    state = tmp_path / "books.db"
    assert run(*answers, "--state", state).exit_code == 0
    again = run(*answers, "--state", state)
    assert again.exit_code == 1
    assert "is here already" in again.output


def test_every_problem_is_told_at_once_and_nothing_is_kept(
    answers: list[Path], tmp_path: Path
) -> None:
    organisation, accounts, rates, *_ = answers

    def spoil(data: Any) -> None:
        data["Accounts"][0]["Type"] = "PIGGYBANK"
        data["Accounts"][1].pop("AccountID")
        data["Accounts"][2]["TaxType"] = "OUTPUT9"
        data["Accounts"] = [
            row for row in data["Accounts"] if row.get("SystemAccount") != "ROUNDING"
        ]

    edited(accounts, spoil)
    world = World()
    with pytest.raises(ImportRefused) as refused:
        import_organisation(world, (organisation, accounts, rates))
    told = "\n".join(refused.value.problems)
    for part in (
        "the account type PIGGYBANK is unknown",
        "AccountID is missing",
        "no tax rate OUTPUT9",
        "none has the SystemAccount ROUNDING",
    ):
        assert part in told
    assert not world.organisations


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<Response/>", "this is XML"),
        ("{", "not JSON"),
        ('{"Invoices": []}', "holds none of"),
        ("[1, 2]", "holds none of"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_is_no_answer_is_said_to_be_none(
    tmp_path: Path, content: str, told: str
) -> None:
    file = tmp_path / "saved"
    file.write_text(content)
    with pytest.raises(ImportRefused) as refused:
        import_organisation(World(), [file])
    assert told in refused.value.problems[0]
    assert any("no file holds Accounts" in problem for problem in refused.value.problems)


def test_what_cannot_come_along_is_noted(answers: list[Path]) -> None:
    organisation, accounts, rates, _, items, *_ = answers
    edited(organisation, lambda data: data["Organisations"][0].update(Timezone="MOONTIME"))
    edited(items, lambda data: data["Items"][0].update(IsTrackedAsInventory=True))
    edited(accounts, lambda data: data["Accounts"][-1].update(Type="WAGESEXPENSE"))
    found = import_organisation(World(), (organisation, accounts, rates, items))
    notes = "\n".join(found.notes)
    assert "Timezone MOONTIME is unknown" in notes
    assert "tracked inventory is not modelled" in notes
    assert "WAGESEXPENSE is kept as EXPENSE" in notes
