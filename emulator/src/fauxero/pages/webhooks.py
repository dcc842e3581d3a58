"""An app's webhook: categories, delivery address, key, and asking for the intent to receive."""

from __future__ import annotations

from fauxero.http.exchange import Answer
from fauxero.pages.portal import app_of, with_problems
from fauxero.pages.visit import Visit, redirect
from fauxero.webhooks.desk import Problem
from fauxero.webhooks.records import CATEGORIES
from fauxero.webhooks.sender import check_address

SHOWN_MAX = 20


def page(visit: Visit) -> Answer:
    app = app_of(visit)
    found = visit.world.webhooks.subscriptions.get(app.id)
    picked = found.categories if found else ()
    return _page(visit, url=found.url if found else "", picked=picked)


def _page(visit: Visit, *, url: str, picked: tuple[str, ...], status: int = 200) -> Answer:
    app = app_of(visit)
    desk = visit.world.webhooks
    attempts = [attempt for attempt in desk.attempts if attempt.app_id == app.id]
    return visit.show(
        "portal/webhooks.html",
        status=status,
        app=app,
        found=desk.subscriptions.get(app.id),
        url=url,
        picked=picked,
        categories=CATEGORIES,
        waiting=len(list(desk.events_of(app.id))),
        attempts=attempts[-SHOWN_MAX:][::-1],
    )


def change(visit: Visit) -> Answer:
    app = app_of(visit)
    desk = visit.world.webhooks
    match visit.form.get("do"):
        case "intent" if app.id in desk.subscriptions:
            desk.send_intent(app.id)
        case "remove":
            desk.unsubscribe(app.id)
        case _:
            return _subscribe(visit)
    return redirect(f"/portal/apps/{app.id}/webhooks")


def _subscribe(visit: Visit) -> Answer:
    app = app_of(visit)
    url = visit.form.get("url", "").strip()
    picked = tuple(value for name, value in visit.request.form_fields if name == "category")
    problems: dict[str, str] = {}
    if not picked:
        problems["category"] = "Choose what the app is to hear of."
    try:
        hosts = visit.world.settings.webhook_hosts
        address = check_address(url, allowed_hosts=hosts)
    except Problem as problem:
        problems["url"] = str(problem)
        address = ""
    if problems:
        return _page(with_problems(visit, problems), url=url, picked=picked, status=422)
    try:
        visit.world.webhooks.subscribe(app_id=app.id, url=address, categories=picked)
    except Problem as problem:
        seen = with_problems(visit, {"category": str(problem)})
        return _page(seen, url=url, picked=picked, status=422)
    return redirect(f"/portal/apps/{app.id}/webhooks")
