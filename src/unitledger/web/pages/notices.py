"""Settings > Notices: what people and programs are told of, where, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.engine.noticing import mailing, watching
from unitledger.engine.noticing import settings as notice_settings
from unitledger.engine.noticing.settings import SettingRefused
from unitledger.store.notices import MailState, Notice, NoticeKind, NoticeMail, NoticeSetting
from unitledger.store.people import Operator
from unitledger.store.webhooks import TargetState, WebhookTarget
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_administrators
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

ROWS = 30
KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.CONNECTION_LOST: "A connection to Xero is lost",
    NoticeKind.FAILURES: "Many records fail or wait for a person",
    NoticeKind.UNMAPPED: "A charge or payment method appears that nobody has mapped",
    NoticeKind.DAY_LIMIT: "Xero’s limit of calls for the day is reached",
}
DIGESTS = {15: "15 minutes", 60: "hour", 240: "4 hours", 1440: "day"}
MAILS = {
    MailState.WAITING: Look("Mail waits", "waiting", "wait"),
    MailState.SENT: Look("Mailed", "synced", "ok"),
    MailState.GIVEN_UP: Look("Mail given up", "failed", "bad"),
}
NOT_MAILED = Look("Not mailed", "skipped", "mute")


@require_GET
@never_cache
@for_administrators
def notices(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_administrators
def save(request: HttpRequest, member: Member) -> HttpResponse:
    typed = {
        "recipients": request.POST.get("recipients", "").replace("\x00", ""),
        "kinds": request.POST.getlist("kind"),
        "failures_from": request.POST.get("failures_from", "").strip(),
        "digest_minutes": request.POST.get("digest_minutes", ""),
        "tells_webhooks": request.POST.get("webhooks") == "yes",
    }
    try:
        notice_settings.save_setting(
            member.operator_id,
            recipients=typed["recipients"].splitlines(),
            kinds=typed["kinds"],
            failures_from=_number(typed["failures_from"], "failures_from"),
            digest_minutes=_number(typed["digest_minutes"], "digest_minutes"),
            tells_webhooks=typed["tells_webhooks"],
            by=member.actor,
        )
    except SettingRefused as refused:
        return _page(request, member, refused=refused, typed=typed)
    messages.info(request, "Saved. It holds from the next notice on.")
    return redirect("notices")


@require_POST
@for_administrators
def test(request: HttpRequest, member: Member) -> HttpResponse:
    """Send a test notice at once, and say what came of it."""
    tools = wiring.shared_tools()
    notice = mailing.test_notice(member.operator_id, now=now(), by=member.actor)
    _mail_test(request, notice)
    setting = notice_settings.setting_of(member.operator_id)
    if setting.tells_webhooks:
        operator = Operator.objects.get(id=member.operator_id)
        told = watching.tell_webhooks(operator, [notice], now=now(), ids=tools.ids)
        if told:
            some = "address is" if len(told) == 1 else "addresses are"
            messages.info(request, f"{len(told)} webhook {some} told within seconds.")
    return redirect("notices")


def _mail_test(request: HttpRequest, notice: Notice) -> None:
    mailer = wiring.mailer()
    if notice.mail_id is None:
        messages.error(request, "No mail was sent: nobody is named below. Add an address, save.")
        return
    state = mailing.deliver(notice.mail_id, clock=wiring.shared_tools().clock, mailer=mailer)
    mail = NoticeMail.objects.get(id=notice.mail_id)
    if state is MailState.SENT:
        messages.info(request, f"A test was mailed to {', '.join(mail.recipients)}.")
    else:
        messages.error(request, f"The test was not mailed. {mail.last_error} It is tried again.")


def _number(text: str, field: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise SettingRefused(field, "Give a whole number, such as 10.")
    return int(text)


def _page(
    request: HttpRequest,
    member: Member,
    *,
    refused: SettingRefused | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    before = request.GET.get("before", "")
    with operator_scope(member.operator_id):
        setting = notice_settings.setting_of(member.operator_id)
        found = Notice.objects.order_by("-id").select_related("mail")
        if before.isascii() and before.isdigit():
            found = found.filter(id__lt=int(before[:18]))
        rows = list(found[: ROWS + 1])
        addresses = WebhookTarget.objects.filter(state=TargetState.ACTIVE).count()
    context = {
        "typed": typed or _typed(setting),
        "is_saved": setting.pk is not None,
        "kinds": [(str(kind), word) for kind, word in KINDS.items()],
        "digests": [(str(minutes), word) for minutes, word in DIGESTS.items()],
        "field": refused.field if refused else "",
        "error": str(refused) if refused else "",
        "addresses": addresses,
        "has_mail": wiring.mailer().is_set_up,
        "rows": [{"notice": each, "look": _look(each)} for each in rows[:ROWS]],
        "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
    }
    status = 422 if refused else 200
    return framed(request, member, "web/machines/notices.html", context, status=status)


def _typed(setting: NoticeSetting) -> dict[str, Any]:
    return {
        "recipients": "\n".join(setting.recipients),
        "kinds": list(setting.kinds),
        "failures_from": str(setting.failures_from),
        "digest_minutes": str(setting.digest_minutes),
        "tells_webhooks": setting.tells_webhooks,
    }


def _look(notice: Notice) -> Look:
    return MAILS[MailState(notice.mail.state)] if notice.mail else NOT_MAILED
