"""Choosing a password."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from unitledger.store.people import User


class PasswordRefused(Exception):
    """It will not do; `reasons` are sentences for the person."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(reasons))


def set_password(user: User, password: str) -> None:
    """Keep the password, hashed. Raises `PasswordRefused` where it is too easy to guess."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(error.messages) from error
    user.set_password(password)
    user.save()
