"""The control plane's look into the books: tax return, statement lines, reminders."""

from __future__ import annotations

from tests.conftest import Xero, exact


def test_the_tax_return_is_plainly_not_xeros(xero: Xero) -> None:
    invoice = xero.invoice("INV-1", LineAmountTypes="Exclusive")
    assert xero.put("Invoices", invoice).status_code == 200
    path = f"organisations/{xero.organisation_id}/tax-return"
    found = xero.control("GET", f"{path}?from=2026-01-01&to=2026-03-31")
    assert "Xero has no such API" in found["notice"]
    assert (found["basis"], found["boxes"]["1"], found["boxes"]["6"]) == (
        "ACCRUAL",
        "20.00",
        "100",
    )
    cash = xero.control("GET", f"{path}?from=2026-01-01&to=2026-03-31&basis=CASH")
    assert cash["boxes"]["1"] == "0.00"
    for query in ("", "?from=2026-01-01&to=soon", "?from=2026-01-01&to=2026-03-31&basis=x"):
        assert xero.http.get(f"/_fauxero/{path}{query}").status_code == 400
    assert xero.http.post(f"/_fauxero/{path}").status_code == 405
    assert xero.http.get(f"/_fauxero/{path}/more").status_code == 404


def test_statement_lines_are_imported_listed_and_matched(xero: Xero) -> None:
    made = exact(xero.put("Invoices", xero.invoice("INV-1")))["Invoices"][0]
    paid = xero.control("POST", "acts/pay_invoice", {"invoice_id": made["InvoiceID"]})
    lines = [{"date": "2026-03-02", "amount": 100.00, "reference": "A12"}]
    arguments = {"account_code": "090", "lines": lines}
    found = xero.control("POST", "acts/import_statement_lines", arguments)["result"]
    line = found["StatementLines"][0]
    payment_id = paid["result"]["PaymentID"]
    arguments = {"line_id": line["StatementLineID"], "payment_id": payment_id}
    xero.control("POST", "acts/match_statement_line", arguments)
    path = f"organisations/{xero.organisation_id}/statement-lines"
    (listed,) = xero.control("GET", f"{path}?account_code=090")["StatementLines"]
    assert (listed["IsReconciled"], listed["MatchedID"]) == (True, payment_id)
    assert xero.rows(f"Payments/{payment_id}")[0]["IsReconciled"] is True
    assert xero.http.get(f"/_fauxero/{path}?account_code=200").status_code == 400
    assert xero.http.get(f"/_fauxero/{path}?account_code=77").status_code == 404


def test_reminders_go_out_as_the_clock_moves(xero: Xero) -> None:
    path = f"organisations/{xero.organisation_id}/reminders"
    found = xero.control("POST", path, {"enabled": True, "days": [3]})
    assert found == {"enabled": True, "days": [3]}
    assert xero.rows("InvoiceReminders/Settings") == [{"Enabled": True}]
    contact = {"Name": "Ann Archer", "EmailAddress": "ann@archer.example"}
    xero.put("Invoices", xero.invoice("INV-1", Contact=contact, DueDate="2026-03-02"))
    xero.advance(2 * 86_400)
    assert xero.control("GET", "outbox")["count"] == 0
    xero.advance(86_400)
    (mail,) = xero.control("GET", "outbox")["mails"]
    assert mail["kind"] == "invoice_reminder"
    assert xero.http.post(f"/_fauxero/{path}", json={"days": "3"}).status_code == 400


def test_the_bookkeepers_acts_for_settings_are_listed_and_done(xero: Xero) -> None:
    known = xero.control("GET", "acts")["acts"]
    assert {"add_branding_theme", "add_user", "match_statement_line"} <= known.keys()
    theme = xero.control("POST", "acts/add_branding_theme", {"name": "Overdue"})["result"]
    assert theme in [
        {name: row[name] for name in theme} | {"CreatedDateUTC": theme["CreatedDateUTC"]}
        for row in xero.rows("BrandingThemes")
    ]
    user = xero.control("POST", "acts/add_user", {"email": "sam@books.example"})["result"]
    change = {"user_id": user["UserID"], "role": "READONLY"}
    assert xero.control("POST", "acts/set_user_role", change)["result"]["OrganisationRole"] == (
        "READONLY"
    )
    missing = {"user_id": theme["BrandingThemeID"], "role": "READONLY"}
    assert xero.http.post("/_fauxero/acts/set_user_role", json=missing).status_code == 404
