"""Tenants, invoices and payments as rows: the current version, laid out to be queried.

Personal data stands in `Tenant` only, so that erasing a person leaves the ledger whole.
"""

from __future__ import annotations

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, fine_field, money_field


class _OfRecord(OwnedByOperator):
    record = models.OneToOneField(
        "store.SourceRecord",
        on_delete=models.PROTECT,
        primary_key=True,
        db_constraint=False,
        related_name="%(class)s",
    )
    record_id: int

    class Meta:
        abstract = True


class Tenant(_OfRecord):
    """The person or firm renting a unit."""

    number = models.TextField()
    name = models.TextField()
    email = models.TextField(null=True)
    phone = models.TextField(null=True)

    class Meta:
        db_table = "tenant"


class Invoice(_OfRecord):
    number = models.TextField()
    tenant_record = Owned("store.SourceRecord")
    tenant_record_id: int
    location = Owned("store.Location")
    location_id: int
    building = Owned("store.Building", null=True)
    building_id: int | None
    unit = Owned("store.Unit", null=True)
    unit_id: int | None
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    total = money_field()

    class Meta:
        db_table = "invoice"


class InvoiceLine(OwnedByOperator):
    invoice = Owned("store.Invoice", on_delete=models.CASCADE, db_index=False)
    invoice_id: int
    position = models.SmallIntegerField()
    charge = Owned("store.Charge")
    charge_id: int
    description = models.TextField()
    quantity = fine_field()
    unit_price = fine_field()
    amount = money_field()
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    tax_amount = money_field(null=True)
    period_start_on = models.DateField(null=True)
    period_end_on = models.DateField(null=True)

    class Meta:
        db_table = "invoice_line"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_once"),
        ]


class Payment(_OfRecord):
    number = models.TextField(null=True)
    tenant_record = Owned("store.SourceRecord")
    tenant_record_id: int
    location = Owned("store.Location")
    location_id: int
    method = Owned("store.PaymentMethod")
    method_id: int
    paid_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = money_field()

    class Meta:
        db_table = "payment"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_is_positive"),
        ]


class Allocation(OwnedByOperator):
    """The part of a payment that settles one invoice."""

    payment = Owned("store.Payment", on_delete=models.CASCADE, db_index=False)
    payment_id: int
    invoice_record = Owned("store.SourceRecord")
    invoice_record_id: int
    amount = money_field()

    class Meta:
        db_table = "allocation"
        constraints = [
            # Two allocations of one payment to one invoice are one allocation.
            models.UniqueConstraint(fields=["payment", "invoice_record"], name="allocation_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="allocation_is_positive"),
        ]
