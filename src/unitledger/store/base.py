"""What every row of an operator has."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Now

# The id that addresses, the API and exports show; row numbers never leave the house.
PublicId = uuid.UUID


def new_public_id() -> PublicId:
    return uuid.uuid4()


class OwnedByOperator(models.Model):
    """A row that belongs to one operator.

    Foreign keys between such rows carry `operator_id` too (added in SQL by the migration,
    which is why Django's own constraint is off on them): a row can never point at another
    operator's. Row-level security rests on the same column.
    """

    # No index of its own: (operator_id, key) is one where rows are found by their operator.
    operator = models.ForeignKey(
        "store.Operator", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    operator_id: int

    class Meta:
        abstract = True


if TYPE_CHECKING:
    # The class's call as a type checker can follow it: its own `__new__` hides ours.
    def Owned(  # noqa: N802
        to: str,
        *,
        null: bool = False,
        on_delete: Callable[..., object] = models.PROTECT,
        db_index: bool = True,
    ) -> models.ForeignKey[Any]: ...

else:

    class Owned(models.ForeignKey):
        """A foreign key to a row of the same operator; its constraint is (operator_id, …_id).

        `db_index=False` where another index begins with the column, or nothing is found by it:
        every index is written at every change of a row.
        """

        def __init__(self, to: str, **kwargs: object) -> None:
            kwargs.setdefault("on_delete", models.PROTECT)
            kwargs.setdefault("related_name", "+")
            kwargs["db_constraint"] = False
            super().__init__(to, **kwargs)


def money_field(**kwargs: object) -> models.DecimalField:
    return models.DecimalField(max_digits=16, decimal_places=2, **kwargs)  # pyright: ignore


def fine_field(**kwargs: object) -> models.DecimalField:
    """Quantities and unit prices: Xero keeps four places of them."""
    return models.DecimalField(max_digits=16, decimal_places=4, **kwargs)  # pyright: ignore


def created_at() -> models.DateTimeField:
    return models.DateTimeField(db_default=Now())


def public_id() -> models.UUIDField:
    return models.UUIDField(default=new_public_id, unique=True, editable=False)


def choices_check(field: str, values: type, name: str) -> models.CheckConstraint:
    """The database knows the words too: a console cannot write a state that does not exist."""
    known = [str(each) for each in values]  # pyright: ignore[reportGeneralTypeIssues]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": known}), name=name)
