"""The tester's side: /_fauxero/."""

from __future__ import annotations

import pytest

from tests.conftest import START_AT, Xero


def refused(xero: Xero, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = xero.http.request(method, f"/_fauxero/{path}", json=body)
    return answer.status_code, answer.json().get("error", "")


def test_health_tells_the_time_and_that_nothing_failed(xero: Xero) -> None:
    health = xero.control("GET", "health")
    assert health["status"] == "ok"
    assert health["now"] == START_AT.isoformat()
    assert health["organisations"] == 1


def test_a_token_needs_no_consent_page(xero: Xero) -> None:
    token = xero.control("POST", "token", {"organisation": xero.organisation_id})
    assert {"access_token", "refresh_token", "organisation_id", "client_id", "client_secret"} <= (
        set(token)
    )
    xero.token = token
    assert xero.get("Organisation").status_code == 200


@pytest.mark.parametrize("name", ["uk", "Demo Company (UK)", None])
def test_an_organisation_may_be_named_by_template_or_name_or_left_out(
    xero: Xero, name: str | None
) -> None:
    body = {"organisation": name} if name else {}
    assert xero.control("POST", "token", body)["organisation_id"] == xero.organisation_id


@pytest.mark.parametrize("template", ["uk", "au", "nz", "us"])
def test_a_demo_organisation_of_each_country_opens_empty_or_with_history(
    xero: Xero, template: str
) -> None:
    for history in (False, True):
        made = xero.control(
            "POST", "organisations", {"template": template, "history": history, "name": "Mine"}
        )
        xero.token = xero.control("POST", "token", {"organisation": made["organisation_id"]})
        assert bool(xero.rows("Invoices")) is history
        assert xero.rows("Organisation")[0]["Name"] == "Mine"
    assert xero.control("GET", "audit")["ok"]


def test_a_reset_gives_the_same_ids_again(xero: Xero) -> None:
    before = xero.control("GET", "organisations")
    xero.put("Contacts", {"Name": "Ann"})
    assert xero.control("POST", "reset") == before
    xero.token = xero.control("POST", "token", {})
    assert xero.rows("Contacts") == []


def test_a_reset_may_name_the_organisations_to_begin_with(xero: Xero) -> None:
    body = {"organisations": [{"template": "au"}, {"template": "us", "tier": "starter"}]}
    found = xero.control("POST", "reset", body)["organisations"]
    assert [one["template"] for one in found] == ["au", "us"]
    assert found[1]["limits"]["day"] == 1000
    assert xero.control("POST", "reset")["organisations"] == found


def test_the_clock_is_set_advanced_and_sped_up(xero: Xero) -> None:
    clock = xero.control("POST", "clock", {"at": "2027-01-01T00:00:00Z", "speed": 0})
    assert clock == {"now": "2027-01-01T00:00:00+00:00", "speed": 0.0}
    assert xero.control("POST", "clock", {"advance": 1.5})["now"].endswith("00:01.500000+00:00")
    assert xero.control("POST", "clock", {"speed": 60})["speed"] == 60


def test_a_bookkeeper_acts_on_the_books_and_the_app_sees_it(xero: Xero) -> None:
    [invoice] = xero.put("Invoices", xero.invoice("R1")).json()["Invoices"]
    done = xero.control("POST", "acts/void_invoice", {"invoice_id": invoice["InvoiceID"]})
    assert done["act"] == "void_invoice"
    assert xero.rows(f"Invoices/{invoice['InvoiceID']}")[0]["Status"] == "VOIDED"


def test_an_act_that_the_rules_forbid_says_why_and_changes_nothing(xero: Xero) -> None:
    [invoice] = xero.put("Invoices", xero.invoice("R1")).json()["Invoices"]
    xero.control("POST", "acts/pay_invoice", {"invoice_id": invoice["InvoiceID"], "amount": 40.5})
    body = {"invoice_id": invoice["InvoiceID"]}
    status, why = refused(xero, "POST", "acts/void_invoice", body)
    assert status == 400
    assert "void_invoice" in why
    [after] = xero.rows(f"Invoices/{invoice['InvoiceID']}")
    assert (after["Status"], str(after["AmountDue"])) == ("AUTHORISED", "59.50")


def test_the_acts_are_listed_with_their_arguments(xero: Xero) -> None:
    acts = xero.control("GET", "acts")["acts"]
    assert "invoice_id" in acts["void_invoice"]["arguments"]
    assert {"merge_contacts", "archive_account", "set_lock_dates"} <= set(acts)


def test_the_outbox_is_empty_until_a_person_would_be_written_to(xero: Xero) -> None:
    assert xero.control("GET", "outbox")["count"] == 0
    xero.put("Invoices", xero.invoice("R1"))
    assert xero.control("GET", "outbox")["count"] == 0
    xero.put("Invoices", xero.invoice("R2", SentToContact=True))
    assert xero.control("GET", "outbox")["count"] == 1


def test_every_call_is_logged_with_what_it_cost_and_why_it_was_refused(xero: Xero) -> None:
    xero.control("DELETE", "requests")
    xero.put("Contacts", {"Contacts": [{"Name": "Ann"}, {"Name": ""}]})
    [entry] = xero.log()
    assert (entry["method"], entry["path"], entry["status"]) == (
        "PUT",
        "/api.xro/2.0/Contacts",
        400,
    )
    assert entry["counted"] is True
    assert entry["elements"] == 2
    assert entry["organisation_id"] == xero.organisation_id
    assert entry["reason"]
    assert entry["bytes_in"] > 0 < entry["bytes_out"]


def test_the_log_can_be_filtered_and_counted(xero: Xero) -> None:
    xero.control("DELETE", "requests")
    xero.get("Contacts")
    first = xero.log()[-1]["number"]
    xero.get("Contacts/nobody")
    xero.http.get("/connections")
    counts = xero.control("GET", "requests/counts")
    assert (counts["requests"], counts["counted"]) == (3, 2)
    assert counts["by_status"] == {"200": 1, "404": 1, "401": 1}
    assert counts["by_call"]["GET Contacts"] == 2
    assert len(xero.log("?status=404")) == 1
    assert len(xero.log("?api=true")) == 2
    assert len(xero.log(f"?since={first}")) == 2
    assert len(xero.log("?organisation=uk&method=get")) == 2


def test_the_testers_own_calls_are_not_logged(xero: Xero) -> None:
    xero.control("DELETE", "requests")
    xero.control("GET", "health")
    assert xero.log() == []


def test_a_snapshot_brings_books_tokens_and_keys_back(xero: Xero) -> None:
    xero.put("Contacts", {"Name": "Before"})
    xero.control("POST", "snapshots", {"name": "early"})
    [link] = xero.http.get(
        "/connections", headers={"Authorization": f"Bearer {xero.token['access_token']}"}
    ).json()
    xero.put("Contacts", {"Name": "After"}, headers={"Idempotency-Key": "k1"})
    xero.control("POST", "organisations", {"template": "nz"})
    xero.http.delete(
        f"/connections/{link['id']}",
        headers={"Authorization": f"Bearer {xero.token['access_token']}"},
    )
    xero.control("POST", "restore", {"name": "early"})
    assert [row["Name"] for row in xero.rows("Contacts")] == ["Before"]
    assert len(xero.control("GET", "organisations")["organisations"]) == 1
    again = xero.put("Contacts", {"Name": "After"}, headers={"Idempotency-Key": "k1"})
    assert again.status_code == 200
    assert len(xero.rows("Contacts")) == 2


def test_switches_for_unsure_readings_are_set_per_organisation(xero: Xero) -> None:
    path = f"organisations/{xero.organisation_id}"
    changed = xero.control("POST", path, {"switches": {"drop_unknown_tracking": True}})
    assert changed["switches"]["drop_unknown_tracking"] is True
    assert refused(xero, "POST", path, {"switches": {"no_such": True}})[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "token", {"organisation": "mars"}, 404),
        ("POST", "token", {"organization": "uk"}, 400),
        ("POST", "token", {"scopes": ["everything"]}, 400),
        ("POST", "token", {"client_id": "nobody"}, 404),
        ("POST", "organisations", {"template": "fr"}, 400),
        ("POST", "organisations", {"tier": "gold"}, 400),
        ("POST", "organisations", {"minute": 0}, 400),
        ("POST", "apps", {"kind": "mobile"}, 400),
        ("POST", "apps", {"scopes": ["accounting.transactions"]}, 400),
        ("POST", "apps", {"redirect_uris": ["http://127.0.0.1:8000/callback"]}, 400),
        ("POST", "apps", {"redirect_uris": ["http://example.test/callback"]}, 400),
        ("POST", "apps", {"redirect_uris": ["https://example.test/*"]}, 400),
        ("POST", "clock", {"at": "noon"}, 400),
        ("POST", "clock", {"speed": -1}, 400),
        ("POST", "clock", {"advance": "1"}, 400),
        ("POST", "settings", {"key_registered": "never"}, 400),
        ("POST", "settings", {"partial_save": 1}, 400),
        ("POST", "restore", {"name": "nothing"}, 404),
        ("POST", "acts/dance", {}, 404),
        ("POST", "acts/void_invoice", {}, 400),
        ("POST", "acts/void_invoice", {"invoice_id": "nothing"}, 404),
        ("DELETE", "faults/fault-99", None, 404),
        ("GET", "requests/most", None, 404),
        ("GET", "requests?since=now", None, 400),
        ("PUT", "clock", {}, 405),
        ("GET", "nonsense", None, 404),
        ("GET", "", None, 404),
    ],
)
def test_a_wrong_control_call_is_refused_in_words(
    xero: Xero, method: str, path: str, body: object, status: int
) -> None:
    got, why = refused(xero, method, path, body)
    assert (got, bool(why)) == (status, True)


def test_a_control_call_that_is_not_json_is_refused(xero: Xero) -> None:
    assert xero.http.post("/_fauxero/clock", content=b"{").status_code == 400
    assert xero.http.post("/_fauxero/clock", content=b"[1]").status_code == 400
