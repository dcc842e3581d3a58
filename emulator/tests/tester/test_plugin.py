"""The plugin as a tester uses it: fixtures, rewinding, the log's assertions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from fauxero.accounting.resource import RequestRefused
from fauxero.faults import BadFault
from fauxero.tester import InProcess, Served, Start

pytest_plugins = ["pytester"]

LINE = {"Description": "March", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
INVOICE = {
    "Type": "ACCREC",
    "Status": "AUTHORISED",
    "Contact": {"Name": "Ann Archer"},
    "Date": "2026-03-01",
    "DueDate": "2026-03-15",
    "LineAmountTypes": "NoTax",
    "LineItems": [LINE],
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    found = Served(Start().open())
    yield found
    found.stop()


@pytest.fixture
def fauxero(served: Served) -> Iterator[Served]:
    served.reset()
    yield served
    served.assert_balanced()


@pytest.fixture
def client(fauxero: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=fauxero.api_url, headers=fauxero.headers()) as client:
        yield client


def test_a_test_finds_the_books_ids_and_time_of_the_beginning(fauxero: Served) -> None:
    def story() -> tuple:
        with httpx.Client(base_url=fauxero.api_url, headers=fauxero.headers()) as client:
            made = client.put("/Invoices", json=INVOICE).json()["Invoices"][0]
            fauxero.fault("delay", seconds=1, path="/never")
            fauxero.advance(600)
            at = fauxero.now()
            count = len(client.get("/Invoices").json()["Invoices"])
        return made["InvoiceID"], made["Contact"]["ContactID"], at, count

    one = story()
    fauxero.reset()
    assert story() == one
    assert one[-1] == 1


def test_a_rewind_takes_milliseconds_even_with_documents_to_undo(fauxero: Served) -> None:
    with httpx.Client(base_url=fauxero.api_url, headers=fauxero.headers()) as client:
        client.put("/Invoices?summarizeErrors=false", json={"Invoices": [INVOICE] * 50})
    began = time.perf_counter()
    fauxero.reset()
    assert time.perf_counter() - began < 0.5  # generous for a loaded machine; a few ms otherwise


def test_a_write_repeated_under_a_new_key_is_reported(
    fauxero: Served, client: httpx.Client
) -> None:
    client.put("/Invoices", json=INVOICE, headers={"Idempotency-Key": "one"})
    fauxero.log.assert_no_duplicate_writes()
    client.put("/Invoices", json=INVOICE, headers={"Idempotency-Key": "two"})
    with pytest.raises(AssertionError, match=r"PUT /api\.xro/2\.0/Invoices → 200 key two"):
        fauxero.log.assert_no_duplicate_writes()


def test_a_replay_and_a_refused_write_are_no_duplicates(
    fauxero: Served, client: httpx.Client
) -> None:
    for _ in range(2):
        client.put("/Invoices", json=INVOICE, headers={"Idempotency-Key": "one"})
    bad = INVOICE | {"LineItems": [LINE | {"AccountCode": "nowhere"}]}
    for _ in range(2):
        assert client.put("/Invoices", json=bad).status_code == 400
        assert client.put("/Invoices?summarizeErrors=false", json=bad).status_code == 200
    fauxero.log.assert_no_duplicate_writes()


def test_a_write_whose_answer_was_lost_counts_as_one_that_took_effect(
    fauxero: Served, client: httpx.Client
) -> None:
    fauxero.fault("cut_after_commit", method="PUT")
    with pytest.raises(httpx.TransportError):
        client.put("/Invoices", json=INVOICE)
    client.put("/Invoices", json=INVOICE)
    with pytest.raises(AssertionError, match="→ cut"):
        fauxero.log.assert_no_duplicate_writes()


def test_calls_are_found_counted_and_refusals_told_with_their_reason(
    fauxero: Served, client: httpx.Client
) -> None:
    client.get("/Contacts")
    client.get("/Budgets")
    fauxero.log.assert_called("GET", "/contacts", times=1)
    fauxero.log.assert_not_called("PUT", "/Contacts")
    fauxero.log.assert_calls_at_most(2)
    [refused] = fauxero.log.refused()
    assert refused.status == 501 and "Budgets" in (refused.reason or "")
    for fails in (
        lambda: fauxero.log.assert_called("GET", "/Payments"),
        lambda: fauxero.log.assert_calls_at_most(1),
        fauxero.log.assert_nothing_refused,
        fauxero.log.assert_paths_known,
    ):
        with pytest.raises(AssertionError, match=r"GET /api\.xro"):
            fails()


def test_a_bookkeeper_acts_between_two_calls(fauxero: Served, client: httpx.Client) -> None:
    made = client.put("/Invoices", json=INVOICE).json()["Invoices"][0]
    fauxero.act("pay_invoice", invoice_id=made["InvoiceNumber"], amount="40.00")
    shown = client.get(f"/Invoices/{made['InvoiceID']}").json()["Invoices"][0]
    assert shown["AmountDue"] == 60.0
    assert fauxero.balance("090") == 40
    with pytest.raises(RequestRefused):
        fauxero.act("void_invoice", invoice_id=made["InvoiceID"])


def test_a_snapshot_brings_books_back_and_a_bad_fault_is_told(
    fauxero: Served, client: httpx.Client
) -> None:
    fauxero.snapshot("before")
    client.put("/Invoices", json=INVOICE)
    fauxero.restore("before")
    assert client.get("/Invoices").json()["Invoices"] == []
    with pytest.raises(BadFault, match="action"):
        fauxero.fault("earthquake")


def test_many_organisations_live_side_by_side(fauxero: Served) -> None:
    ids = [fauxero.add_organisation("nz", name=f"Site {number}") for number in range(20)]
    for organisation_id in ids[:2]:
        headers = fauxero.headers(organisation_id)
        httpx.put(f"{fauxero.api_url}/Contacts", headers=headers, json={"Name": "Ann"})
    headers = fauxero.headers(ids[2])
    assert httpx.get(f"{fauxero.api_url}/Contacts", headers=headers).json()["Contacts"] == []
    assert len(fauxero.organisations) == 21


def test_the_application_needs_no_socket() -> None:
    inside = InProcess(Start(organisations=[{"template": "au"}]).open())

    async def talk() -> str:
        transport = httpx.ASGITransport(app=inside.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fauxero") as client:
            answer = await client.get("/api.xro/2.0/Organisation", headers=inside.headers())
            return answer.json()["Organisations"][0]["CountryCode"]

    assert asyncio.run(talk()) == "AU"
    inside.log.assert_called("GET", "/Organisation")


def test_the_plugin_gives_fixtures_to_a_suite_that_knows_nothing_of_it(
    pytester: pytest.Pytester,
) -> None:
    pytester.makefile(
        ".toml",
        books='[[organisation]]\ntemplate = "uk"\n[[organisation.contact]]\nname = "Bea"\n',
    )
    pytester.makepyfile(
        """
        from urllib.request import Request, urlopen

        def test_served(fauxero):
            request = Request(f"{fauxero.api_url}/Contacts", headers=fauxero.headers())
            assert b"Bea" in urlopen(request).read()
            fauxero.log.assert_called("GET", "/Contacts", times=1)

        def test_rewound(fauxero):
            fauxero.log.assert_not_called("GET", "/Contacts")

        def test_in_process(fauxero_app):
            assert len(fauxero_app.organisations) == 1
        """
    )
    result = pytester.runpytest_subprocess(
        "-p", "no:cacheprovider", "--fauxero-scenario=books.toml", *_plugin()
    )
    result.assert_outcomes(passed=3)


def _plugin() -> list[str]:
    """An editable install made before the plugin existed does not announce it."""
    from importlib.metadata import entry_points

    known = [point.value for point in entry_points(group="pytest11")]
    return [] if "fauxero.pytest_plugin" in known else ["-p", "fauxero.pytest_plugin"]


def test_a_wrong_scenario_ends_the_run_with_a_clear_word(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    pytester.makefile(".toml", books="[[organisation]]\ntemplat = 'uk'\n")
    pytester.makepyfile("def test_it(fauxero): pass")
    result = pytester.runpytest_subprocess("--fauxero-scenario=books.toml", *_plugin())
    assert "books.toml · organisation 1 · templat" in result.stdout.str() + result.stderr.str()
    assert result.ret != 0
