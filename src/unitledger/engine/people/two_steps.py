"""The second step of signing in: a code of an authenticator app (RFC 6238), or a recovery code."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from pyotp.totp import TOTP

from unitledger.engine.auditing import Actor
from unitledger.engine.people.logins import note_login
from unitledger.engine.ports import Ids
from unitledger.engine.tools import Vault
from unitledger.store.people import RecoveryCode, User

ISSUER = "unitledger"
STEP_SECONDS = 30
STEPS_ASIDE = (-1, 0, 1)  # a phone's clock may be half a minute off
RECOVERY_CODES = 10
RECOVERY_LETTERS = 16  # 80 bits


class AlreadyOn(Exception):
    """The second step is on already."""


def begin(user: User, *, ids: Ids, vault: Vault) -> str:
    """A new secret for the person's app. It counts once `confirm` has seen a code of it.

    Raises `AlreadyOn`: who has a second step turns it off first, with a code.
    """
    if user.has_two_steps:
        raise AlreadyOn
    secret = _base32(ids, letters=32)
    user.totp_secret_sealed = vault.seal(secret)
    user.totp_confirmed_at = None
    user.totp_last_step = 0
    user.save(update_fields=["totp_secret_sealed", "totp_confirmed_at", "totp_last_step"])
    return secret


def pending_secret(user: User, *, vault: Vault) -> str | None:
    """The secret that still has to be confirmed; a confirmed one is never shown again."""
    if user.totp_secret_sealed is None or user.has_two_steps:
        return None
    return vault.open(bytes(user.totp_secret_sealed))


def address_for_app(user: User, secret: str) -> str:
    """What the QR code says."""
    return TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def confirm(
    user: User, code: str, *, by: Actor, ids: Ids, vault: Vault, now: datetime
) -> Sequence[str] | None:
    """Turn the second step on where the code is right; the recovery codes, shown only now."""
    if user.has_two_steps or not _takes_code(user, code, vault=vault, now=now):
        return None
    with transaction.atomic():
        user.totp_confirmed_at = now
        user.save(update_fields=["totp_confirmed_at"])
        codes = _new_recovery_codes(user, ids=ids)
        note_login(user, by, "two_steps_turned_on")
    return codes


def turn_off(user: User, *, by: Actor) -> None:
    with transaction.atomic():
        had = user.has_two_steps
        user.totp_secret_sealed = None
        user.totp_confirmed_at = None
        user.save(update_fields=["totp_secret_sealed", "totp_confirmed_at"])
        RecoveryCode.objects.filter(user=user).delete()
        if had:
            note_login(user, by, "two_steps_turned_off")


def renew_recovery_codes(user: User, *, by: Actor, ids: Ids) -> Sequence[str]:
    """Ten new ones; the old ones open nothing any more."""
    with transaction.atomic():
        codes = _new_recovery_codes(user, ids=ids)
        note_login(user, by, "recovery_codes_renewed")
    return codes


def opens(user: User, typed: str, *, by: Actor, vault: Vault, now: datetime) -> bool:
    """Whether what was typed opens the second step: a code of now, or an unused recovery code."""
    if not user.has_two_steps:
        return False
    if _takes_code(user, typed, vault=vault, now=now):
        return True
    with transaction.atomic():
        used = RecoveryCode.objects.filter(
            user=user, used_at=None, code_hash=_hash(_plain(typed))
        ).update(used_at=now)
        if used:
            note_login(user, by, "recovery_code_used")
    return bool(used)


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _takes_code(user: User, typed: str, *, vault: Vault, now: datetime) -> bool:
    """Each code opens once: its step must be later than the last one that did."""
    if user.totp_secret_sealed is None:
        return False
    code = "".join(each for each in typed if each.isascii() and each.isdigit())
    totp = TOTP(vault.open(bytes(user.totp_secret_sealed)), interval=STEP_SECONDS)
    this_step = int(now.timestamp()) // STEP_SECONDS
    found = _step_of(totp, code, (this_step + aside for aside in STEPS_ASIDE))
    if found is None:
        return False
    taken = User.objects.filter(id=user.pk, totp_last_step__lt=found).update(totp_last_step=found)
    user.totp_last_step = found
    return bool(taken)


def _step_of(totp: TOTP, code: str, steps: Iterable[int]) -> int | None:
    found = None
    for step in steps:  # every one of them, so that the time tells nothing
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found


def _new_recovery_codes(user: User, *, ids: Ids) -> Sequence[str]:
    codes = [_base32(ids, letters=RECOVERY_LETTERS) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=_hash(code)) for code in codes
    )
    return [_grouped(code) for code in codes]


def _base32(ids: Ids, *, letters: int) -> str:
    """Letters and digits that cannot be taken for each other."""
    digest = hashlib.sha256(ids.state_token().encode()).digest()
    return base64.b32encode(digest).decode()[:letters]


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4)).lower()


def _plain(typed: str) -> str:
    return "".join(each for each in typed if each.isalnum()).upper()


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
