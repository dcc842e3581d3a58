"""What hangs below one element, over HTTP: files, notes, e-mail, PDF, group members."""

from __future__ import annotations

import pytest

from tests.conftest import Xero, exact

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def invoice_id(xero: Xero) -> str:
    return exact(xero.put("Invoices", xero.invoice("INV-9")))["Invoices"][0]["InvoiceID"]


def attach(xero: Xero, path: str, name: str, body: bytes = PNG, **how: object) -> object:
    headers = {"Content-Type": "image/png"}
    return xero.call("PUT", f"{path}/Attachments/{name}", content=body, headers=headers, **how)


def only(answer: object, name: str) -> dict:
    assert answer.status_code == 200, answer.text
    (row,) = exact(answer)[name]
    return row


# ---- attachments


def test_a_file_is_attached_listed_and_read_back(xero: Xero, invoice_id: str) -> None:
    """Shape: OpenAPI example of Attachments."""
    path = f"Invoices/{invoice_id}"
    made = only(attach(xero, path, "lease.png"), "Attachments")
    assert made["FileName"] == "lease.png"
    assert (made["MimeType"], made["ContentLength"]) == ("image/png", len(PNG))
    assert made["Url"].endswith(f"/api.xro/2.0/Invoices/{invoice_id}/Attachments/lease.png")
    assert xero.rows(f"{path}/Attachments") == [made]
    for key in ("lease.png", made["AttachmentID"]):
        answer = xero.get(f"{path}/Attachments/{key}")
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert xero.rows(path)[0]["HasAttachments"] is True


def test_a_file_of_the_same_name_replaces_the_other(xero: Xero, invoice_id: str) -> None:
    """Documented (Attachments)."""
    path = f"Invoices/{invoice_id}"
    first = only(attach(xero, path, "lease.png"), "Attachments")
    second = only(attach(xero, path, "LEASE.png", PNG + b"2"), "Attachments")
    assert second["AttachmentID"] == first["AttachmentID"]
    assert [row["ContentLength"] for row in xero.rows(f"{path}/Attachments")] == [len(PNG) + 1]


def test_include_online_is_remembered(xero: Xero, invoice_id: str) -> None:
    """Documented (Attachments): IncludeOnline shows the file on the online invoice."""
    path = f"Invoices/{invoice_id}"
    made = only(attach(xero, path, "a.png", params={"IncludeOnline": "true"}), "Attachments")
    assert made["IncludeOnline"] is True


def test_ten_files_a_document_and_no_more(xero: Xero, invoice_id: str) -> None:
    """Documented (Attachments); the wording is unsure."""
    path = f"Invoices/{invoice_id}"
    for number in range(10):
        assert attach(xero, path, f"{number}.png").status_code == 200
    assert attach(xero, path, "more.png").status_code == 400
    assert attach(xero, path, "9.png").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        *("a%3Cb.png", "a%3Eb.png", "a%3Ab.png", "a%22b.png", "a%5Cb.png", "a%7Cb.png"),
        *("a%3Fb.png", "a%2Ab.png", "a+b.png", "a%00b.png", "%20a.png", "a.png%20"),
        *("..%2F..%2Fsecret.png", "..%5Csecret.png", "sub%2Ffile.png", "%2E%2E%2Fx.png"),
    ],
)
def test_a_bad_file_name_is_refused_and_nothing_is_stored(
    xero: Xero, invoice_id: str, name: str
) -> None:
    """Documented (Attachments): characters that a name may not have."""
    answer = attach(xero, f"Invoices/{invoice_id}", name)
    assert answer.status_code == 400
    assert exact(answer)["Type"] == "ValidationException"
    assert xero.rows(f"Invoices/{invoice_id}/Attachments") == []


def test_brackets_in_a_name_are_fine_when_encoded(xero: Xero, invoice_id: str) -> None:
    """Documented (Attachments)."""
    made = only(attach(xero, f"Invoices/{invoice_id}", "%5BUntitled%5D.png"), "Attachments")
    assert made["FileName"] == "[Untitled].png"


def test_an_unknown_kind_of_file_is_refused(xero: Xero, invoice_id: str) -> None:
    """Text reported verbatim (Xero-Java issue 142)."""
    answer = attach(xero, f"Invoices/{invoice_id}", "filename")
    element = exact(answer)["Elements"][0]
    assert element["AttachmentID"] == "00000000-0000-0000-0000-000000000000"
    assert element["ValidationErrors"] == [
        {"Message": "The file couldn't be uploaded because it isn't a supported file type."}
    ]


def test_an_empty_file_is_refused(xero: Xero, invoice_id: str) -> None:
    """Unsure, and safer."""
    assert attach(xero, f"Invoices/{invoice_id}", "a.png", b"").status_code == 400


def test_a_file_for_a_document_there_is_not_is_not_found(xero: Xero) -> None:
    """Recorded: 404 as text/html."""
    answer = attach(xero, "Invoices/11111111-1111-4111-8111-111111111111", "a.png")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_accounts_and_contacts_take_files_too(xero: Xero, invoice_id: str) -> None:
    """Documented (Accounts, Contacts)."""
    contact_id = xero.rows(f"Invoices/{invoice_id}")[0]["Contact"]["ContactID"]
    account_id = xero.account(Code="090")["AccountID"]
    for path in (f"Contacts/{contact_id}", f"Accounts/{account_id}"):
        assert xero.rows(path)[0]["HasAttachments"] is False
        assert attach(xero, path, "a.png").status_code == 200
        assert xero.rows(path)[0]["HasAttachments"] is True


def test_attachments_need_their_own_scope(xero: Xero, invoice_id: str) -> None:
    """Documented (Scopes): accounting.attachments, for every document."""
    token = xero.new_token(scopes=["accounting.invoices"])
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    path = f"Invoices/{invoice_id}/Attachments"
    assert xero.get(path, headers=headers).status_code == 401
    token = xero.new_token(scopes=["accounting.attachments.read"])
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert xero.get(path, headers=headers).status_code == 200
    assert xero.put(f"{path}/a.png", {}, headers=headers).status_code == 401


# ---- history


def test_a_documents_history_tells_what_happened(xero: Xero, invoice_id: str) -> None:
    """Documented (History and notes); fields as in the OpenAPI example."""
    bank = xero.account(Code="090")["AccountID"]
    xero.advance(60)
    payment = {
        "Invoice": {"InvoiceID": invoice_id},
        "Account": {"AccountID": bank},
        "Amount": 100,
        "Date": "2026-03-02",
    }
    payment_id = exact(xero.put("Payments", payment))["Payments"][0]["PaymentID"]
    rows = xero.rows(f"Invoices/{invoice_id}/History")
    assert [row["Changes"] for row in rows] == ["Paid", "Payment Received", "Created"]
    assert rows[-1]["Details"] == "INV-9 to Ann Archer for 100.00."
    assert rows[-1]["User"] == "System Generated"
    assert rows[-1]["DateUTCString"] == "2026-03-02T09:00:00"
    xero.post(f"Payments/{payment_id}", {"Status": "DELETED"})
    xero.post(f"Invoices/{invoice_id}", {"Status": "VOIDED"})
    rows = xero.rows(f"Invoices/{invoice_id}/History")
    assert [row["Changes"] for row in rows[:3]] == ["Voided", "Edited", "Payment Deleted"]
    assert xero.rows(f"Payments/{payment_id}/History")[0]["Changes"] == "Deleted"


def test_a_note_is_added_and_stays(xero: Xero, invoice_id: str) -> None:
    """Documented (History and notes)."""
    path = f"Invoices/{invoice_id}/History"
    note = only(xero.put(path, {"HistoryRecords": [{"Details": "posted by run 7"}]}), HISTORY)
    assert (note["Changes"], note["Details"]) == ("Note", "posted by run 7")
    assert xero.rows(path)[0]["Details"] == "posted by run 7"


HISTORY = "HistoryRecords"


@pytest.mark.parametrize("details", ["", "x" * 2501])
def test_a_note_that_is_empty_or_too_long_is_refused(
    xero: Xero, invoice_id: str, details: str
) -> None:
    """2,500 characters are documented."""
    path = f"Invoices/{invoice_id}/History"
    answer = xero.put(path, {"HistoryRecords": [{"Details": "fine"}, {"Details": details}]})
    assert answer.status_code == 400
    assert [row["Changes"] for row in xero.rows(path)] == ["Created"]


def test_a_refused_write_leaves_no_trace_in_the_history(xero: Xero, invoice_id: str) -> None:
    assert xero.post(f"Invoices/{invoice_id}", {"Status": "DELETED"}).status_code == 400
    assert [row["Changes"] for row in xero.rows(f"Invoices/{invoice_id}/History")] == ["Created"]


# ---- e-mail, online invoice, PDF


def with_email(xero: Xero, invoice_id: str) -> None:
    contact_id = xero.rows(f"Invoices/{invoice_id}")[0]["Contact"]["ContactID"]
    persons = [{"EmailAddress": "pa@archer.example", "IncludeInEmails": True}]
    change = {"EmailAddress": "ann@archer.example", "ContactPersons": persons}
    assert xero.post(f"Contacts/{contact_id}", change).status_code == 200


def on_plan(xero: Xero, edition_class: str) -> None:
    xero.control("POST", "acts/set_plan", {"edition_class": edition_class})


def test_an_e_mailed_invoice_goes_to_the_outbox_and_nowhere_else(
    xero: Xero, invoice_id: str
) -> None:
    """Documented (Invoices): 204, to the contact and the persons that are included."""
    on_plan(xero, "STANDARD")
    with_email(xero, invoice_id)
    answer = xero.post(f"Invoices/{invoice_id}/Email", {})
    assert (answer.status_code, answer.content) == (204, b"")
    (mail,) = xero.control("GET", "outbox")["mails"]
    assert mail["kind"] == "invoice_email"
    assert mail["detail"].endswith("to ann@archer.example, pa@archer.example")
    assert xero.rows(f"Invoices/{invoice_id}")[0]["SentToContact"] is True


@pytest.mark.parametrize(("plan", "limit"), [("DEMO", 0), ("TRIAL", 20)])
def test_e_mails_a_day_are_limited_by_the_kind_of_organisation(
    xero: Xero, invoice_id: str, plan: str, limit: int
) -> None:
    """Documented (Invoices): 1,000 a day, 20 on trial, none from a demo company."""
    on_plan(xero, plan)
    with_email(xero, invoice_id)
    sent = [xero.post(f"Invoices/{invoice_id}/Email", {}).status_code for _ in range(limit)]
    assert sent == [204] * limit
    assert xero.post(f"Invoices/{invoice_id}/Email", {}).status_code == 400
    xero.advance(24 * 3600)
    assert xero.control("GET", "outbox")["count"] == limit


def test_no_draft_no_bill_and_no_one_without_an_address_is_e_mailed(
    xero: Xero, invoice_id: str
) -> None:
    """Documented (Invoices): SUBMITTED, AUTHORISED or PAID sales invoices."""
    on_plan(xero, "STANDARD")
    assert xero.post(f"Invoices/{invoice_id}/Email", {}).status_code == 400
    with_email(xero, invoice_id)
    draft = only(xero.put("Invoices", xero.invoice("INV-10", Status="DRAFT")), "Invoices")
    bill = xero.invoice("B-1", Type="ACCPAY")
    bill["LineItems"][0]["AccountCode"] = "429"
    made = only(xero.put("Invoices", bill), "Invoices")
    for row in (draft, made):
        assert xero.post(f"Invoices/{row['InvoiceID']}/Email", {}).status_code == 400
    assert xero.control("GET", "outbox")["count"] == 0


def test_an_approved_sales_invoice_has_an_address_on_the_web(xero: Xero, invoice_id: str) -> None:
    """Documented (Invoices): under OnlineInvoices; not for drafts. The address leads nowhere."""
    row = only(xero.get(f"Invoices/{invoice_id}/OnlineInvoice"), "OnlineInvoices")
    assert row["OnlineInvoiceUrl"].startswith("https://in.fauxero.invalid/")
    draft = only(xero.put("Invoices", xero.invoice("INV-10", Status="DRAFT")), "Invoices")
    assert xero.get(f"Invoices/{draft['InvoiceID']}/OnlineInvoice").status_code == 400


@pytest.mark.parametrize("by_path", [True, False])
def test_an_invoice_is_read_as_pdf(xero: Xero, invoice_id: str, by_path: bool) -> None:
    """Documented (Requests and responses): Accept: application/pdf; the path is OpenAPI's."""
    path = f"Invoices/{invoice_id}{'/pdf' if by_path else ''}"
    answer = xero.get(path, headers={"Accept": "application/pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert b"an emulator" in answer.content
    assert b"INV-9" in answer.content
    offset = int(answer.content.rstrip().splitlines()[-2])
    assert answer.content[offset:].startswith(b"xref")


# ---- contact groups


def test_contacts_join_and_leave_a_group(xero: Xero, invoice_id: str) -> None:
    """Documented (Contact groups); shapes are the OpenAPI examples."""
    contact_id = xero.rows(f"Invoices/{invoice_id}")[0]["Contact"]["ContactID"]
    group = only(xero.put("ContactGroups", {"Name": "VIP"}), "ContactGroups")
    path = f"ContactGroups/{group['ContactGroupID']}"
    added = xero.put(f"{path}/Contacts", {"Contacts": [{"ContactID": contact_id}]})
    assert only(added, "Contacts")["ContactID"] == contact_id
    assert [row["Name"] for row in xero.rows(path)[0]["Contacts"]] == ["Ann Archer"]
    assert [row["Name"] for row in xero.rows(f"Contacts/{contact_id}")[0]["ContactGroups"]] == [
        "VIP"
    ]
    assert xero.call("DELETE", f"{path}/Contacts/{contact_id}").status_code == 204
    assert xero.rows(path)[0]["Contacts"] == []
    assert xero.call("DELETE", f"{path}/Contacts/{contact_id}").status_code == 404
    xero.put(f"{path}/Contacts", {"Contacts": [{"ContactID": contact_id}]})
    assert xero.call("DELETE", f"{path}/Contacts").status_code == 204
    assert xero.rows(f"Contacts/{contact_id}")[0]["ContactGroups"] == []


def test_a_deleted_group_is_gone_from_lists_and_contacts(xero: Xero, invoice_id: str) -> None:
    """Documented (OpenAPI): deleted by Status; only active groups are returned."""
    contact_id = xero.rows(f"Invoices/{invoice_id}")[0]["Contact"]["ContactID"]
    group = only(xero.put("ContactGroups", {"Name": "VIP"}), "ContactGroups")
    path = f"ContactGroups/{group['ContactGroupID']}"
    xero.put(f"{path}/Contacts", {"Contacts": [{"ContactID": contact_id}]})
    gone = only(xero.post(path, {"Status": "DELETED"}), "ContactGroups")
    assert gone["Status"] == "DELETED"
    assert xero.rows("ContactGroups") == []
    assert xero.rows(f"Contacts/{contact_id}")[0]["ContactGroups"] == []
    assert only(xero.put("ContactGroups", {"Name": "vip"}), "ContactGroups")["Name"] == "vip"


def test_one_stranger_keeps_all_out_of_the_group(xero: Xero, invoice_id: str) -> None:
    contact_id = xero.rows(f"Invoices/{invoice_id}")[0]["Contact"]["ContactID"]
    group = only(xero.put("ContactGroups", {"Name": "VIP"}), "ContactGroups")
    path = f"ContactGroups/{group['ContactGroupID']}"
    both = [{"ContactID": contact_id}, {"ContactID": "11111111-1111-4111-8111-111111111111"}]
    assert xero.put(f"{path}/Contacts", {"Contacts": both}).status_code == 400
    assert xero.rows(path)[0]["Contacts"] == []


# ---- what is not there


@pytest.mark.parametrize(
    "path", ["Items/LOCK/Attachments", "Contacts/{}/Email", "Invoices/{}/Attachments/a.png/Content"]
)
def test_a_room_xero_lacks_or_fauxero_does_is_never_invented(
    xero: Xero, invoice_id: str, path: str
) -> None:
    assert xero.get(path.format(invoice_id)).status_code in (404, 501)
