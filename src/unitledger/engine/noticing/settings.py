"""What an operator wants to be told of, and where."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.notices import NoticeKind, NoticeSetting

RECIPIENTS_MAX = 20
FAILURES_MAX = 100_000
DIGEST_MINUTES = (15, 60, 240, 1440)
KINDS = tuple(kind for kind in NoticeKind if kind is not NoticeKind.TEST)
FIELDS = ("recipients", "kinds", "failures_from", "digest_minutes", "tells_webhooks")


class SettingRefused(Exception):
    """Nothing was saved. `field` is the field's name; the text is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def setting_of(operator_id: int) -> NoticeSetting:
    """As saved; before anybody did: everything is noticed, and nobody gets mail."""
    found = NoticeSetting.objects.filter(operator_id=operator_id).first()
    return found or NoticeSetting(operator_id=operator_id, kinds=[str(each) for each in KINDS])


def save_setting(
    operator_id: int,
    *,
    recipients: Sequence[str],
    kinds: Sequence[str],
    failures_from: int,
    digest_minutes: int,
    tells_webhooks: bool,
    by: Actor,
) -> NoticeSetting:
    """Raises `SettingRefused` for the first thing wrong."""
    wanted = {
        "recipients": _recipients(recipients),
        "kinds": _kinds(kinds),
        "failures_from": failures_from,
        "digest_minutes": digest_minutes,
        "tells_webhooks": tells_webhooks,
    }
    if not 1 <= failures_from <= FAILURES_MAX:
        raise SettingRefused("failures_from", f"Give a number from 1 to {FAILURES_MAX:,}.")
    if digest_minutes not in DIGEST_MINUTES:
        raise SettingRefused("digest_minutes", "Choose one of the times.")
    with transaction.atomic():
        old = setting_of(operator_id)
        before = {name: getattr(old, name) for name in FIELDS}
        if old.pk is not None and before == wanted:
            return old
        saved, _ = NoticeSetting.objects.update_or_create(operator_id=operator_id, defaults=wanted)
        subject = Subject("notice_setting", str(operator_id), "Notices")
        note(operator_id, by, "notice_setting_saved", subject, before=before, after=wanted)
    return saved


def _recipients(typed: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(each.strip() for each in typed if each.strip()))
    for each in found:
        try:
            validate_email(each)
        except ValidationError:
            raise SettingRefused(
                "recipients", f"“{each[:80]}” is no e-mail address. Write one a line."
            ) from None
    if len(found) > RECIPIENTS_MAX:
        raise SettingRefused("recipients", f"{RECIPIENTS_MAX} addresses are the limit.")
    return found


def _kinds(chosen: Sequence[str]) -> list[str]:
    unknown = set(chosen) - {str(each) for each in KINDS}
    if unknown:
        raise SettingRefused("kinds", f"There is no notice “{sorted(unknown)[0][:40]}”.")
    return [str(each) for each in KINDS if str(each) in chosen]
