"""What an organisation held beside our records: which pair is the same thing, and how surely."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from unitledger.core.likeness import (
    Like,
    Likeness,
    Money,
    OurContact,
    Pair,
    TheirContact,
    contact_pairs,
    email_mark,
    like_contact,
    like_invoice,
    like_payment,
    one_to_one,
    shared_sequences,
)

EXACT, LIKELY, CLASH = Likeness.EXACT, Likeness.LIKELY, Likeness.CLASH


def money(number: str | None, total: str, day: int, currency: str | None = "GBP") -> Money:
    return Money(number, date(2026, 3, day), Decimal(total), currency)


OURS = money("1001", "120.00", 10)


@pytest.mark.parametrize(
    ("theirs", "status", "same_tenant", "expected"),
    [
        (money("1001", "120.00", 10), "PAID", True, (EXACT, "number, amount, tenant and date")),
        (money("1001", "120.00", 12), "PAID", True, (EXACT, "number, amount and tenant")),
        (money("1001", "120.00", 10), "DRAFT", False, (EXACT, "number, amount and date")),
        (
            money("1001", "120.00", 25),
            "AUTHORISED",
            False,
            (LIKELY, "number and amount; tenant and date differ"),
        ),
        (money("1001", "66.00", 10), "AUTHORISED", True, (CLASH, "number; the amount differs")),
        (money("1001", "120.00", 10, "EUR"), "PAID", True, (CLASH, "number; the amount differs")),
        (money("1001", "120.00", 10), "VOIDED", True, (CLASH, "number; voided in Xero")),
        (money("X-1", "120.00", 10), "PAID", True, (LIKELY, "tenant, amount and date")),
        (money("X-1", "120.00", 13), "PAID", True, (LIKELY, "tenant and amount, 3 days apart")),
        (money("X-1", "120.00", 14), "PAID", True, None),
        (money("X-1", "120.00", 10), "PAID", False, None),
        (money("X-1", "120.00", 10), "VOIDED", True, None),
        (money(None, "119.99", 10), "PAID", True, None),
    ],
)
def test_invoices_are_alike_by_number_or_by_tenant_amount_and_date(
    theirs: Money, status: str, same_tenant: bool, expected: tuple[Likeness, str] | None
) -> None:
    like = like_invoice(OURS, theirs, status=status, same_tenant=same_tenant)
    assert (like and (like.likeness, like.by)) == expected


@pytest.mark.parametrize(
    ("day", "total", "status", "same_invoice", "same_tenant", "expected"),
    [
        (10, "120.00", "AUTHORISED", True, True, EXACT),
        (11, "120.00", "AUTHORISED", True, True, LIKELY),
        (17, "120.00", "AUTHORISED", True, False, LIKELY),
        (18, "120.00", "AUTHORISED", True, True, None),
        (13, "120.00", "AUTHORISED", False, True, LIKELY),
        (14, "120.00", "AUTHORISED", False, True, None),
        (10, "120.00", "AUTHORISED", False, False, None),
        (10, "119.00", "AUTHORISED", True, True, None),
        (10, "120.00", "DELETED", True, True, None),
    ],
)
def test_payments_are_alike_by_what_they_pay_amount_and_date(
    day: int,
    total: str,
    status: str,
    same_invoice: bool,
    same_tenant: bool,
    expected: Likeness | None,
) -> None:
    like = like_payment(
        OURS,
        money(None, total, day, None),
        status=status,
        same_invoice=same_invoice,
        same_tenant=same_tenant,
    )
    assert (like and like.likeness) == expected


def contact(
    xero_id: str = "x",
    name: str = "Ada Marsh",
    *numbers: str,
    email: str | None = None,
    status: str = "ACTIVE",
    merged_to: str | None = None,
) -> TheirContact:
    return TheirContact(xero_id, name, numbers, email_mark(email), status, merged_to)


ADA = OurContact(1, "T-7", "Ada Marsh", email_mark("ada@example.com"))


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (contact("x", "ADA  MARSH"), (LIKELY, "name")),
        (contact("x", "A. Marsh", "T-7"), (LIKELY, "number")),
        (contact("x", "A. Marsh", email=" Ada@Example.com "), (LIKELY, "e-mail")),
        (contact("x", "Ada Marsh", "T-7"), (EXACT, "number and name")),
        (
            contact("x", "Ada Marsh", "T-7", email="ada@example.com"),
            (EXACT, "number, e-mail and name"),
        ),
        (contact(status="ARCHIVED"), (CLASH, "name; archived in Xero")),
        (contact("x", "Ben Yard", "T-8", email="ben@example.com"), None),
    ],
)
def test_contacts_are_alike_by_number_e_mail_and_name(
    theirs: TheirContact, expected: tuple[Likeness, str] | None
) -> None:
    like = like_contact(ADA, theirs)
    assert (like and (like.likeness, like.by)) == expected


def test_an_active_contact_goes_before_an_archived_one_of_the_same_name() -> None:
    pairs = contact_pairs([ADA], [contact("old", status="ARCHIVED"), contact("new")])
    assert [pair.xero_id for pair, _ in pairs] == ["new"]


def test_a_merged_contact_leads_to_where_its_merges_end_and_to_nothing_if_that_is_unknown() -> None:
    theirs = [
        contact("a", status="ARCHIVED", merged_to="b"),
        contact("b", "Marsh A", status="ARCHIVED", merged_to="c"),
        contact("c", "Marsh & Sons"),
    ]
    ((pair, became),) = contact_pairs([ADA], theirs)
    assert (pair.xero_id, became.name) == ("c", "Marsh & Sons")
    assert pair.like == Like(LIKELY, "name, of one merged into it", 6)
    assert contact_pairs([ADA], theirs[:2]) == []


def test_two_tenants_never_get_the_same_contact() -> None:
    namesake = OurContact(2, "T-8", "Ada Marsh", None)
    pairs = contact_pairs([namesake, ADA], [contact("x", "Ada Marsh", "T-7")])
    assert [(pair.document_id, pair.xero_id) for pair, _ in pairs] == [(1, "x")]


def test_the_surer_pair_wins_and_each_side_is_used_once() -> None:
    found = one_to_one(
        [
            Pair(1, "a", Like(LIKELY, "", 2)),
            Pair(1, "b", Like(EXACT, "")),
            Pair(2, "b", Like(EXACT, "", 1)),
            Pair(2, "a", Like(LIKELY, "", 3)),
        ]
    )
    assert [(each.document_id, each.xero_id) for each in found] == [(1, "b"), (2, "a")]


def test_sequences_are_shared_by_their_beginning_whatever_its_case() -> None:
    (shared,) = shared_sequences(["INV-0010", "INV-0009", "B7"], ["inv-0412", "inv-0001", "C7"])
    assert (shared.prefix, shared.ours, shared.theirs) == (
        "INV-",
        ("INV-0009", "INV-0010"),
        ("inv-0001", "inv-0412"),
    )
    assert shared_sequences(["A-1"], ["B-1", "none"]) == []


def test_what_is_no_address_has_no_mark() -> None:
    assert email_mark("") is None and email_mark("ask her") is None
