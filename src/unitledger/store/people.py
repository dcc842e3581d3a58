"""Operators, the people who sign in, and which of them may do what where."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AbstractUser
from django.db import models

from unitledger.store.base import OwnedByOperator, choices_check, created_at, public_id


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    BOOKKEEPER = "bookkeeper"
    VIEWER = "viewer"


class User(AbstractUser):
    """A person who signs in; reaches operators through memberships only."""

    public_id = public_id()

    class Meta:
        db_table = "app_user"


class Operator(models.Model):
    """A storage business that uses this installation."""

    public_id = public_id()
    name = models.TextField()
    # Goes into every handle we write to the books. It must survive a restore, so it is
    # chosen once and never changes.
    handle_key = models.TextField(unique=True)
    # Where the links we leave in the books lead back to, e.g. https://ledger.example.com
    link_base = models.TextField(null=True)
    # How money and dates are written for its people, e.g. en-GB.
    locale = models.TextField(db_default=models.Value("en-GB"))
    created_at = created_at()

    class Meta:
        db_table = "operator"


class Membership(OwnedByOperator):
    """What one user may do for one operator; no locations means all of them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    user_id: int
    role = models.TextField()
    locations = models.ManyToManyField("store.Location", related_name="+", blank=True)

    class Meta:
        db_table = "membership"
        constraints = [
            # One membership a user and operator: a role is never ambiguous.
            models.UniqueConstraint(fields=["operator", "user"], name="membership_once"),
            choices_check("role", Role, "membership_role_known"),
        ]
