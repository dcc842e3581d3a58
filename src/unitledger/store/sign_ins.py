"""Sessions of people who are signed in, and what slows down those who guess."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from unitledger.store.base import public_id


class PersonSession(AbstractBaseSession):
    """One browser, as Django keeps it, and whose it is: a person can list and end their own."""

    public_id = public_id()
    user = models.ForeignKey("store.User", on_delete=models.CASCADE, null=True, related_name="+")
    user_id: int | None
    address = models.TextField(null=True)
    browser = models.TextField(null=True)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects = BaseSessionManager()

    class Meta:
        db_table = "person_session"


class SignInTries(models.Model):
    """Tries to sign in, counted by account and address, by account, and by address."""

    subject = models.TextField(primary_key=True)  # what is counted, hashed
    tries = models.IntegerField()
    began_at = models.DateTimeField()
    blocked_until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_tries"
