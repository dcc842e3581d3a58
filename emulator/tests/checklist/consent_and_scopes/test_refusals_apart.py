"""Three words to tell apart: refresh, ask for consent again, connect again. Evidence: reported
verbatim in several public logs; the granular scopes' coverage is documented (Scopes page)."""

from __future__ import annotations

import pytest

from tests.conftest import Xero


def refused(xero: Xero, **how: str) -> tuple[int, str]:
    answer = xero.get("Contacts", **how)
    body = answer.json()
    assert set(body) == {"Type", "Title", "Status", "Detail", "Instance", "Extensions"}
    return answer.status_code, body["Detail"].partition(":")[0]


def test_an_expired_token_a_missing_scope_and_a_lost_connection(xero: Xero) -> None:
    whole = xero.token
    xero.token = xero.new_token(scopes=["accounting.settings"])
    assert refused(xero) == (401, "AuthorizationUnsuccessful")
    xero.token = whole
    bearer = {"Authorization": f"Bearer {whole['access_token']}"}
    link = xero.http.get("/connections", headers=bearer).json()[0]["id"]
    xero.advance(1801)
    assert refused(xero) == (401, "TokenExpired")
    xero.token = xero.new_token()
    bearer = {"Authorization": f"Bearer {xero.token['access_token']}"}
    assert xero.http.delete(f"/connections/{link}", headers=bearer).status_code == 204
    assert refused(xero) == (403, "AuthenticationUnsuccessful")


@pytest.mark.parametrize(
    ("scope", "open_", "shut"),
    [
        ("accounting.invoices", "Invoices", "Payments"),
        ("accounting.payments", "Payments", "BankTransactions"),
        ("accounting.banktransactions", "BankTransactions", "ManualJournals"),
        ("accounting.manualjournals", "ManualJournals", "Contacts"),
        ("accounting.contacts", "Contacts", "Accounts"),
        ("accounting.settings", "Accounts", "Invoices"),
        ("accounting.transactions", "Payments", "Contacts"),
    ],
)
def test_each_scope_opens_what_the_page_says_and_no_more(
    xero: Xero, scope: str, open_: str, shut: str
) -> None:
    xero.token = xero.new_token(scopes=[scope])
    assert xero.get(open_).status_code == 200
    assert xero.get(shut).json()["Detail"] == "AuthorizationUnsuccessful"
