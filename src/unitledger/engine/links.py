"""Links from our pages into Xero's."""

from __future__ import annotations

from unitledger.core.documents import DocumentKind

# As Xero's own tools make them; the short code takes a person who has several organisations
# to the right one.
_PAGES = {
    DocumentKind.CONTACT: "app/{code}/contacts/contact/{id}",
    DocumentKind.INVOICE: "app/{code}/invoicing/view/{id}",
    DocumentKind.PAYMENT: (
        "organisationlogin/default.aspx?shortcode={code}"
        "&redirecturl=/Bank/ViewTransaction.aspx?bankTransactionID={id}"
    ),
}


def into_xero(kind: DocumentKind, xero_id: str | None, *, short_code: str | None) -> str | None:
    """The document's page in Xero; None where there is no document, or no Xero (an emulator)."""
    if xero_id is None or short_code is None:
        return None
    return f"https://go.xero.com/{_PAGES[kind].format(code=short_code, id=xero_id)}"
