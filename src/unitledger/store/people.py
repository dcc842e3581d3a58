"""Operators, the people who sign in, and which of them may do what where."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.store.base import OwnedByOperator, choices_check, created_at, public_id


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    BOOKKEEPER = "bookkeeper"
    VIEWER = "viewer"


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class User(AbstractUser):
    """A person who signs in; reaches operators through memberships only."""

    public_id = public_id()
    theme = models.TextField(default=Theme.AUTO)
    # Two-step sign-in: the secret shared with the person's app, sealed. It counts once the
    # person has shown a code of it.
    totp_secret_sealed = models.BinaryField(null=True)
    totp_confirmed_at = models.DateTimeField(null=True)
    totp_last_step = models.BigIntegerField(default=0)  # a code opens once

    class Meta:
        db_table = "app_user"

    @property
    def has_two_steps(self) -> bool:
        return self.totp_confirmed_at is not None


class RecoveryCode(models.Model):
    """Opens the second step once, without the person's phone. Kept as a hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    user_id: int
    code_hash = models.BinaryField()  # SHA-256: the code is long and random
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recovery_code"


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
    locale = models.TextField(db_default="en-GB")
    # Everybody who works for it signs in with two steps.
    requires_two_steps = models.BooleanField(default=False)
    created_at = created_at()

    class Meta:
        db_table = "operator"


class Membership(OwnedByOperator):
    """What one user may do for one operator; no locations means all of them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    user_id: int
    role = models.TextField()
    locations = models.ManyToManyField("store.Location", related_name="+", blank=True)
    deactivated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "membership"
        constraints = [
            # One membership a user and operator: a role is never ambiguous.
            models.UniqueConstraint(fields=["operator", "user"], name="membership_once"),
            choices_check("role", Role, "membership_role_known"),
        ]


class LinkPurpose(StrEnum):
    INVITE = "invite"
    RESET = "reset"


class PersonLink(OwnedByOperator):
    """A link for one person: to join an operator, or to choose a new password. Good once."""

    public_id = public_id()
    purpose = models.TextField()
    key = models.TextField()  # of the form it was asked for with: a second click is the first
    token_hash = models.BinaryField(unique=True)  # the link itself is shown once
    email = models.TextField()
    role = models.TextField(null=True)
    location_ids = ArrayField(models.BigIntegerField(), default=list)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    user_id: int | None
    created_by_name = models.TextField()
    created_at = created_at()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_link"
        constraints = [
            models.UniqueConstraint(fields=["operator", "key"], name="person_link_once"),
            choices_check("purpose", LinkPurpose, "person_link_purpose_known"),
        ]
