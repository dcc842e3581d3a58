"""What an operator charges for and how it is paid, as seen in its records."""

from __future__ import annotations

from django.db import models

from unitledger.core.billing import ChargeType
from unitledger.store.base import OwnedByOperator, choices_check, created_at


class Charge(OwnedByOperator):
    """A charge kind or product that appeared on a line: type, and the source's own code."""

    charge_type = models.TextField()
    code = models.TextField(null=True)  # none: lines of this type that name no product
    name = models.TextField()
    first_seen_at = created_at()

    class Meta:
        db_table = "charge"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "charge_type", "code"],
                name="charge_once",
                nulls_distinct=False,
            ),
            choices_check("charge_type", ChargeType, "charge_type_known"),
        ]


class PaymentMethod(OwnedByOperator):
    name = models.TextField()
    first_seen_at = created_at()

    class Meta:
        db_table = "payment_method"
        constraints = [
            models.UniqueConstraint(fields=["operator", "name"], name="payment_method_once"),
        ]
