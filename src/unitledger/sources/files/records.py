"""A row, or the consecutive rows of one document, as records of core.billing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from unitledger.core.billing import (
    Allocation,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    Record,
    RecordKind,
    Tenant,
)
from unitledger.core.refusals import Rule, refuse
from unitledger.sources.files.columns import Cells, Positions, all_hold
from unitledger.sources.files.fields import Fields, Reader, Reading
from unitledger.sources.files.profile import (
    AllocationFields,
    InvoiceFields,
    Key,
    LineFields,
    PaymentFields,
    PlaceFields,
    Profile,
    TenantFields,
)

ONE = Decimal(1)
UNIT_PRICE_STEP = Decimal("0.0001")

Rows = Sequence[Cells]  # of one unit; what is said once is read from the first
MakeRecord = Callable[[Rows, Reading], Record]


class RecordMaker:
    """Makes the records of one profile out of one file's rows."""

    def __init__(self, profile: Profile, places: Positions) -> None:
        fields = Fields(profile, places)
        place = _place(profile.place, fields)
        self.columns = fields.columns
        self._makers: list[tuple[RecordKind, Callable[[Cells], bool], MakeRecord]] = []
        if profile.tenant:
            self._add(RecordKind.TENANT, profile.tenant, _tenant(profile.tenant, fields), places)
        if profile.invoice:
            owner = _owner(profile.invoice, profile)
            make = _invoice(profile.invoice, owner, place, fields)
            self._add(RecordKind.INVOICE, profile.invoice, make, places)
        if profile.payment:
            owner = _owner(profile.payment, profile)
            make = _payment(profile.payment, owner, place, fields)
            self._add(RecordKind.PAYMENT, profile.payment, make, places)

    def _add(
        self,
        kind: RecordKind,
        section: TenantFields | InvoiceFields | PaymentFields,
        make: MakeRecord,
        places: Positions,
    ) -> None:
        self._makers.append((kind, all_hold(section.when, places), make))

    def make(self, rows: Rows, reading: Reading) -> tuple[list[Record], list[RecordKind]]:
        """The records in the order of their dependence, and the kinds the unit asks for."""
        holding = [(kind, make) for kind, holds, make in self._makers if holds(rows[0])]
        return [make(rows, reading) for _, make in holding], [kind for kind, _ in holding]


def _owner(section: InvoiceFields | PaymentFields, profile: Profile) -> Key:
    """Whose it is: the section's own word, or the tenant of the same row."""
    owner = section.tenant or (profile.tenant and profile.tenant.key)
    assert owner is not None  # the profile was checked
    return owner


def _place(section: PlaceFields | None, fields: Fields) -> Reader[Place]:
    if section is None:
        return lambda cells, reading: Place(location="")  # a file of tenants alone has no places
    location = fields.text("place.location", section.location)
    building = fields.text_or_none("place.building", section.building)
    unit = fields.text_or_none("place.unit", section.unit)
    unit_type = fields.text_or_none("place.unit_type", section.unit_type)
    return lambda cells, reading: Place(
        location=location(cells, reading),
        building=building(cells, reading),
        unit=unit(cells, reading),
        unit_type=unit_type(cells, reading),
    )


def _tenant(section: TenantFields, fields: Fields) -> MakeRecord:
    key = fields.key("tenant.key", section.key, RecordKind.TENANT)
    other_keys = fields.other_keys("tenant.other_keys", section.other_keys, RecordKind.TENANT)
    number = fields.text("tenant.number", section.number)
    name = fields.text("tenant.name", section.name)
    email = fields.text_or_none("tenant.email", section.email)
    phone = fields.text_or_none("tenant.phone", section.phone)

    def make(rows: Rows, reading: Reading) -> Record:
        cells = rows[0]
        return Tenant(
            key=key(cells, reading),
            name=name(cells, reading),
            number=number(cells, reading),
            email=email(cells, reading),
            phone=phone(cells, reading),
            other_keys=other_keys(cells, reading),
        )

    return make


def _invoice(
    section: InvoiceFields,
    owner: Key,
    place: Reader[Place],
    fields: Fields,
) -> MakeRecord:
    kind = RecordKind.INVOICE
    key = fields.key("invoice.key", section.key, kind)
    other_keys = fields.other_keys("invoice.other_keys", section.other_keys, kind)
    tenant = fields.key("invoice.tenant", owner, RecordKind.TENANT)
    number = fields.text("invoice.number", section.number)
    issued_on = fields.day("invoice.issued_on", section.issued_on)
    due_on = fields.day("invoice.due_on", section.due_on)
    currency = fields.text("invoice.currency", section.currency)
    includes_tax = fields.yes_or_no("invoice.prices_include_tax", section.prices_include_tax)
    total = fields.number("invoice.total", section.total)
    reference = fields.text_or_none("invoice.reference", section.reference)
    is_void = fields.yes_or_none("invoice.is_void", section.is_void)
    lines = [(all_hold(each.when, fields.places), _line(each, fields)) for each in section.lines]

    def make(rows: Rows, reading: Reading) -> Record:
        cells = rows[0]
        return Invoice(
            key=key(cells, reading),
            number=number(cells, reading),
            tenant=tenant(cells, reading),
            place=place(cells, reading),
            issued_on=issued_on(cells, reading),
            due_on=due_on(cells, reading),
            currency=currency(cells, reading),
            prices_include_tax=includes_tax(cells, reading),
            lines=tuple(line(row, reading) for row in rows for holds, line in lines if holds(row)),
            total=total(cells, reading),
            reference=reference(cells, reading),
            other_keys=other_keys(cells, reading),
            is_void=is_void(cells, reading) or False,
        )

    return make


def _line(section: LineFields, fields: Fields) -> Reader[InvoiceLine]:
    name = "invoice.lines"
    charge_type = fields.charge_type(f"{name}.charge_type", section.charge_type)
    description = fields.text(f"{name}.description", section.description)
    amount = fields.number(f"{name}.amount", section.amount)
    quantity = fields.number_or_none(f"{name}.quantity", section.quantity)
    unit_price = fields.number_or_none(f"{name}.unit_price", section.unit_price)
    charge_code = fields.text_or_none(f"{name}.charge_code", section.charge_code)
    tax_name = fields.text_or_none(f"{name}.tax_name", section.tax_name)
    tax_percent = fields.number_or_none(f"{name}.tax_percent", section.tax_percent)
    tax_amount = fields.number_or_none(f"{name}.tax_amount", section.tax_amount)
    unit = fields.text_or_none(f"{name}.unit", section.unit)
    start_on = fields.day_or_none(f"{name}.period_start_on", section.period_start_on)
    end_on = fields.day_or_none(f"{name}.period_end_on", section.period_end_on)
    column = fields.columns[f"{name}.amount"]

    def make(cells: Cells, reading: Reading) -> InvoiceLine:
        worth, count = amount(cells, reading), quantity(cells, reading)
        price = unit_price(cells, reading)
        if price is None:
            price = _price(worth, count, column, reading)
        return InvoiceLine(
            charge_type=charge_type(cells, reading),
            description=description(cells, reading),
            quantity=ONE if count is None else count,
            unit_price=price,
            amount=worth,
            charge_code=charge_code(cells, reading),
            tax_name=tax_name(cells, reading),
            tax_percent=tax_percent(cells, reading),
            tax_amount=tax_amount(cells, reading),
            unit=unit(cells, reading),
            period_start_on=start_on(cells, reading),
            period_end_on=end_on(cells, reading),
        )

    return make


def _price(amount: Decimal, quantity: Decimal | None, column: str, reading: Reading) -> Decimal:
    """The price of one where the file gives none: exact, or refused."""
    if quantity is None or quantity == ONE:
        return amount
    try:
        price = (amount / quantity).quantize(UNIT_PRICE_STEP)
    except InvalidOperation:  # a quantity of nothing, or numbers too large to divide
        price = None
    if price is None or price * quantity != amount:
        reading.take(
            refuse(Rule.TOO_MANY_PLACES, column, value=f"{amount} ÷ {quantity}", places=4), ONE
        )
        return ONE
    return price


def _payment(
    section: PaymentFields,
    owner: Key,
    place: Reader[Place],
    fields: Fields,
) -> MakeRecord:
    kind = RecordKind.PAYMENT
    key = fields.key("payment.key", section.key, kind)
    other_keys = fields.other_keys("payment.other_keys", section.other_keys, kind)
    tenant = fields.key("payment.tenant", owner, RecordKind.TENANT)
    number = fields.text_or_none("payment.number", section.number)
    paid_on = fields.day("payment.paid_on", section.paid_on)
    method = fields.text("payment.method", section.method)
    currency = fields.text("payment.currency", section.currency)
    amount = fields.number("payment.amount", section.amount)
    reference = fields.text_or_none("payment.reference", section.reference)
    is_void = fields.yes_or_none("payment.is_void", section.is_void)
    allocations = [
        (all_hold(each.when, fields.places), _allocation(each, fields))
        for each in section.allocations
    ]

    def make(rows: Rows, reading: Reading) -> Record:
        cells = rows[0]
        return Payment(
            key=key(cells, reading),
            number=number(cells, reading),
            tenant=tenant(cells, reading),
            place=place(cells, reading),
            paid_on=paid_on(cells, reading),
            method=method(cells, reading),
            currency=currency(cells, reading),
            amount=amount(cells, reading),
            allocations=tuple(
                allocate(row, reading)
                for row in rows
                for holds, allocate in allocations
                if holds(row)
            ),
            reference=reference(cells, reading),
            other_keys=other_keys(cells, reading),
            is_void=is_void(cells, reading) or False,
        )

    return make


def _allocation(section: AllocationFields, fields: Fields) -> Reader[Allocation]:
    invoice = fields.key("payment.allocations.invoice", section.invoice, RecordKind.INVOICE)
    amount = fields.number("payment.allocations", section.amount)
    return lambda cells, reading: Allocation(invoice(cells, reading), amount(cells, reading))
