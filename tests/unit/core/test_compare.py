"""What must change in the books: by source version, and never what is not ours to change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.core import samples
from unitledger.core.chart import Chart
from unitledger.core.compare import (
    Act,
    Applied,
    BooksCopy,
    Change,
    compare,
    copy_of,
    differences,
)
from unitledger.core.documents import (
    DocumentKind,
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedPayment,
)
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Held, Posting
from unitledger.core.problems import ProblemCode
from unitledger.core.translate import translate_invoice

CONTACT = WantedContact(contact_number="fern-T7", account_number="T7", name="Ada Smith")
PAYMENT = WantedPayment(
    account_id="id-9000",
    paid_on=date(2026, 3, 5),
    amount=Decimal("50.00"),
    reference="R1 B114 · k7f3q2m8xw",
)


def translated() -> WantedInvoice:
    result = translate_invoice(
        samples.invoice(),
        mapping=samples.mapping(),
        chart=samples.chart(),
        url="https://books.example/r/1",
        start_on=None,
    )
    assert result.wanted is not None
    return result.wanted


INVOICE = translated()
UNPAID = BooksCopy(status="AUTHORISED")
PAID = BooksCopy(status="AUTHORISED", has_payments=True)


def changed(
    applied: Wanted | None,
    wanted: Wanted | None,
    *,
    books: BooksCopy | None = UNPAID,
    version: int = 2,
    chart: Chart | None = None,
) -> Change:
    some = applied or wanted
    assert some is not None
    return compare(
        kind=some.kind,
        version=version,
        wanted=wanted,
        applied=None if applied is None else Applied(version=1, wanted=applied),
        books=books,
        chart=chart or samples.chart(),
    )


def dearer(invoice: WantedInvoice = INVOICE) -> WantedInvoice:
    line = replace(invoice.lines[0], line_amount=Decimal("130.00"), unit_amount=Decimal("130"))
    return replace(invoice, lines=(line,), total=Decimal("130.00"))


def held(**changes: object) -> Held:
    """The invoice as the books show it when nobody touched it."""
    line = INVOICE.lines[0]
    plain = Held(
        kind=DocumentKind.INVOICE,
        xero_id="x-1",
        status="AUTHORISED",
        updated_at=samples.READ_AT,
        number=INVOICE.number,
        reference=INVOICE.reference,
        url=INVOICE.url,
        dated_on=INVOICE.issued_on,
        due_on=INVOICE.due_on,
        currency="GBP",
        total=INVOICE.total,
        amount_due=INVOICE.total,
        amount_paid=Decimal("0.00"),
        prices_include_tax=True,
        postings=(
            Posting(
                account_code=line.account_code,
                line_amount=line.line_amount,
                tax_amount=line.tax_amount,
                tax_type=line.tax_type,
                description=line.description,
                tracking={"Location": "Ashford"},
            ),
        ),
    )
    return replace(plain, **changes)


class TestByVersion:
    @pytest.mark.parametrize("wanted", [CONTACT, INVOICE, PAYMENT])
    def test_what_was_never_written_is_created(self, wanted: Wanted) -> None:
        assert changed(None, wanted, books=None).act is Act.CREATE

    def test_what_was_voided_before_it_was_written_is_left(self) -> None:
        change = compare(
            kind=DocumentKind.INVOICE,
            version=2,
            wanted=None,
            applied=None,
            books=None,
            chart=samples.chart(),
        )
        assert change.act is Act.LEAVE

    def test_an_applied_version_is_left_whatever_it_would_be_rendered_to_now(self) -> None:
        locked = samples.chart(facts=samples.facts(period_lock_on=date(2026, 12, 31)))
        change = changed(INVOICE, dearer(), version=1, books=PAID, chart=locked)
        assert (change.act, change.before, change.after) == (
            Act.LEAVE,
            Decimal("120.00"),
            Decimal("120.00"),
        )

    @pytest.mark.parametrize("same", [CONTACT, INVOICE, PAYMENT])
    def test_a_new_version_with_the_same_outcome_is_left(self, same: Wanted) -> None:
        assert changed(same, same, books=PAID).act is Act.LEAVE

    def test_a_payment_whose_words_alone_changed_is_left(self) -> None:
        reworded = replace(PAYMENT, reference="R2 B114 · 2222222222")
        assert changed(PAYMENT, reworded).act is Act.LEAVE


class TestActs:
    def test_a_changed_contact_is_updated_and_a_gone_tenant_keeps_it(self) -> None:
        renamed = replace(CONTACT, name="Ada Jones")
        assert changed(CONTACT, renamed).effects == (EffectKind.UPDATE_CONTACT,)
        assert changed(CONTACT, None).act is Act.LEAVE

    def test_an_unpaid_invoice_is_updated_or_voided(self) -> None:
        update = changed(INVOICE, dearer())
        assert update.effects == (EffectKind.UPDATE_INVOICE,)
        assert (update.before, update.after) == (Decimal("120.00"), Decimal("130.00"))
        void = changed(INVOICE, None)
        assert void.effects == (EffectKind.VOID_INVOICE,)
        assert (void.before, void.after) == (Decimal("120.00"), Decimal("0.00"))

    def test_a_changed_payment_is_deleted_and_made_again(self) -> None:
        moved = replace(PAYMENT, paid_on=date(2026, 3, 6))
        assert changed(PAYMENT, moved).effects == (
            EffectKind.DELETE_PAYMENT,
            EffectKind.CREATE_PAYMENT,
        )
        assert changed(PAYMENT, None).effects == (EffectKind.DELETE_PAYMENT,)

    def test_a_plan_is_made_without_looking(self) -> None:
        assert changed(INVOICE, dearer(), books=None).act is Act.UPDATE


class TestConflicts:
    def conflict(self, change: Change) -> ProblemCode:
        assert change.act is Act.CONFLICT
        assert change.effects == ()
        assert change.after == change.before
        assert change.problem is not None
        return change.problem.code

    @pytest.mark.parametrize("wanted", [dearer(), None])
    def test_an_invoice_with_payments_is_neither_changed_nor_voided(
        self, wanted: WantedInvoice | None
    ) -> None:
        assert self.conflict(changed(INVOICE, wanted, books=PAID)) is ProblemCode.PAID_IN_BOOKS

    @pytest.mark.parametrize(
        "same_money",
        [
            replace(INVOICE, reference="B115"),
            replace(INVOICE, due_on=date(2026, 4, 1)),
            replace(INVOICE, url=None),
            replace(INVOICE, number="INV-1001A"),
            replace(INVOICE, lines=(replace(INVOICE.lines[0], description="Rent"),)),
            replace(INVOICE, lines=(replace(INVOICE.lines[0], account_code="200"),)),
            replace(INVOICE, lines=(replace(INVOICE.lines[0], tracking=None),)),
        ],
    )
    def test_what_xero_lets_change_after_a_payment_is_changed(
        self, same_money: WantedInvoice
    ) -> None:
        assert changed(INVOICE, same_money, books=PAID).act is Act.UPDATE

    @pytest.mark.parametrize(
        "other_money",
        [
            replace(INVOICE, issued_on=date(2026, 3, 2)),
            replace(INVOICE, prices_include_tax=False),
            replace(INVOICE, lines=(*INVOICE.lines, *INVOICE.lines)),
            replace(INVOICE, lines=(replace(INVOICE.lines[0], tax_type="NONE"),)),
            replace(INVOICE, lines=(replace(INVOICE.lines[0], tax_amount=Decimal("20.01")),)),
            replace(INVOICE, lines=(replace(INVOICE.lines[0], quantity=Decimal(2)),)),
        ],
    )
    def test_what_xero_freezes_with_a_payment_is_a_conflict(
        self, other_money: WantedInvoice
    ) -> None:
        change = changed(INVOICE, other_money, books=PAID)
        assert self.conflict(change) is ProblemCode.PAID_IN_BOOKS

    @pytest.mark.parametrize("wanted", [None, replace(PAYMENT, amount=Decimal("60.00"))])
    def test_a_reconciled_payment_is_never_taken_back(self, wanted: WantedPayment | None) -> None:
        books = BooksCopy(status="AUTHORISED", is_reconciled=True)
        change = changed(PAYMENT, wanted, books=books)
        assert self.conflict(change) is ProblemCode.RECONCILED_IN_BOOKS

    @pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
    def test_what_was_voided_in_the_books_is_not_brought_back(self, status: str) -> None:
        books = BooksCopy(status=status)
        assert self.conflict(changed(INVOICE, dearer(), books=books)) is ProblemCode.VOIDED_IN_BOOKS
        assert changed(INVOICE, None, books=books).act is Act.LEAVE

    def test_an_archived_contact_is_left_to_a_person(self) -> None:
        renamed = replace(CONTACT, name="Ada Jones")
        change = changed(CONTACT, renamed, books=BooksCopy(status="ARCHIVED"))
        assert self.conflict(change) is ProblemCode.ARCHIVED_IN_BOOKS
        assert change.problem is not None
        assert change.problem.sentence == "The contact Ada Smith is archived in Xero."

    def test_what_a_person_edited_is_left_and_the_edit_is_named(self) -> None:
        books = BooksCopy(status="AUTHORISED", differences=("total 99.00, not 120.00",))
        change = changed(INVOICE, None, books=books)
        assert self.conflict(change) is ProblemCode.EDITED_IN_BOOKS
        assert change.problem is not None
        assert "total 99.00, not 120.00" in change.problem.sentence

    def test_an_edit_that_is_what_we_want_now_is_adopted(self) -> None:
        books = BooksCopy(status="AUTHORISED", differences=("total …",), is_as_wanted=True)
        assert changed(INVOICE, dearer(), books=books).act is Act.LEAVE

    @pytest.mark.parametrize(
        ("applied", "wanted"),
        [
            (INVOICE, None),
            (INVOICE, dearer()),
            (replace(INVOICE, issued_on=date(2026, 5, 1)), INVOICE),  # moved into the lock
            (PAYMENT, None),
        ],
    )
    def test_nothing_changes_in_a_locked_period(
        self, applied: Wanted, wanted: Wanted | None
    ) -> None:
        locked = samples.chart(facts=samples.facts(period_lock_on=date(2026, 3, 31)))
        change = changed(applied, wanted, chart=locked)
        assert self.conflict(change) is ProblemCode.PERIOD_LOCKED

    def test_a_contact_has_no_date_to_be_locked(self) -> None:
        locked = samples.chart(facts=samples.facts(period_lock_on=date(2026, 12, 31)))
        assert changed(CONTACT, replace(CONTACT, name="A"), chart=locked).act is Act.UPDATE


class TestLooking:
    def test_an_untouched_copy_shows_no_difference(self) -> None:
        assert differences(INVOICE, held()) == ()
        copy = copy_of(held(), applied=INVOICE, wanted=dearer())
        assert copy == BooksCopy(status="AUTHORISED")

    @pytest.mark.parametrize(
        ("shown", "difference"),
        [
            ({"total": Decimal("99.00")}, "total 99.00, not 120.00"),
            ({"dated_on": date(2026, 3, 2)}, "date 2 Mar 2026, not 1 Mar 2026"),
            ({"due_on": date(2026, 3, 9)}, "due date 9 Mar 2026, not 8 Mar 2026"),
            ({"number": "X1"}, "number X1, not INV-1001"),
            ({"currency": "EUR"}, "currency EUR, not GBP"),
            ({"reference": "mine"}, "reference mine, not B114 · 1–31 Mar 2026"),
            ({"prices_include_tax": False}, "prices include tax False, not True"),
        ],
    )
    def test_every_field_we_wrote_is_compared(
        self, shown: dict[str, object], difference: str
    ) -> None:
        assert differences(INVOICE, held(**shown)) == (difference,)

    @pytest.mark.parametrize(
        ("shown", "difference"),
        [
            ({"account_code": "200"}, "line 1 account 200, not 2000"),
            ({"line_amount": Decimal("1.00")}, "line 1 amount 1.00, not 120.00"),
            ({"tax_amount": Decimal("1.00")}, "line 1 tax 1.00, not 20.00"),
            ({"tax_type": "NONE"}, "line 1 tax rate NONE, not OUTPUT2"),
            ({"tracking": {}}, "line 1 tracking none, not Location: Ashford"),
        ],
    )
    def test_every_line_is_compared(self, shown: dict[str, object], difference: str) -> None:
        posting = replace(held().postings[0], **shown)
        assert differences(INVOICE, held(postings=(posting,))) == (difference,)

    def test_another_number_of_lines_is_named_as_such(self) -> None:
        postings = held().postings
        shown = held(postings=(*postings, *postings))
        assert differences(INVOICE, shown) == ("2 lines, not 1",)

    def test_what_a_look_does_not_show_is_not_compared(self) -> None:
        assert differences(INVOICE, held(postings=(), due_on=None, url=None)) == ()

    def test_contacts_and_payments_are_compared_too(self) -> None:
        contact = Held(
            kind=DocumentKind.CONTACT,
            xero_id="c",
            status="ACTIVE",
            updated_at=None,
            number="fern-T7",
            name="Ada Jones",
            account_number="T7",
        )
        assert differences(CONTACT, contact) == ("name Ada Jones, not Ada Smith",)
        payment = Held(
            kind=DocumentKind.PAYMENT,
            xero_id="p",
            status="AUTHORISED",
            updated_at=None,
            reference=PAYMENT.reference,
            account_id="id-090",
            dated_on=PAYMENT.paid_on,
            total=PAYMENT.amount,
        )
        assert differences(PAYMENT, payment) == ("account id-090, not id-9000",)

    @pytest.mark.parametrize(
        ("shown", "has_payments"),
        [
            ({}, False),
            ({"status": "PAID"}, True),
            ({"amount_paid": Decimal("50.00"), "amount_due": Decimal("70.00")}, True),
            ({"amount_due": Decimal("70.00")}, True),  # a credit note
            ({"status": "VOIDED", "amount_due": Decimal("0.00")}, False),
            ({"amount_due": None, "amount_paid": None}, False),
        ],
    )
    def test_payments_and_credits_lock_an_invoice(
        self, shown: dict[str, object], has_payments: bool
    ) -> None:
        copy = copy_of(held(**shown), applied=INVOICE, wanted=None)
        assert copy.has_payments is has_payments

    def test_a_copy_that_shows_the_new_content_is_as_wanted(self) -> None:
        earlier = replace(INVOICE, total=Decimal("100.00"))
        copy = copy_of(held(), applied=earlier, wanted=INVOICE)
        assert copy.is_as_wanted
        assert copy.differences == ("total 120.00, not 100.00",)
