"""The items of an organisation, as last read: what an invoice line may name in Xero."""

from __future__ import annotations

from django.db import models

from unitledger.store.base import OwnedByOperator


class ItemList(OwnedByOperator):
    """Apart from the chart, which every run refreshes: items are read when a person asks."""

    organisation = models.OneToOneField(
        "store.Organisation",
        on_delete=models.PROTECT,
        primary_key=True,
        db_constraint=False,
        related_name="item_list",
    )
    organisation_id: int
    items = models.JSONField(default=list)  # code and name of each
    read_at = models.DateTimeField()

    class Meta:
        db_table = "item_list"
