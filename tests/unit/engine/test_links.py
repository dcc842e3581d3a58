"""Links into Xero's pages."""

from __future__ import annotations

from unitledger.core.documents import DocumentKind
from unitledger.engine.links import into_xero


def test_a_link_names_the_organisation_so_that_the_right_one_opens() -> None:
    link = into_xero(DocumentKind.INVOICE, "abc", short_code="!Qj35V")

    assert link == "https://go.xero.com/app/!Qj35V/invoicing/view/abc"


def test_there_is_no_link_without_a_document_or_without_xero() -> None:
    assert into_xero(DocumentKind.PAYMENT, None, short_code="!Qj35V") is None
    assert into_xero(DocumentKind.PAYMENT, "abc", short_code=None) is None
