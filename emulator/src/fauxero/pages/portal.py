"""The developer portal as a person sees it: My Apps, New app, and one app's pages.

Labels and rules are the portal's, as guides describe it (reported; redirect rules and the ban on
"Xero" in a name documented); its look is fauxero's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from fauxero.http.exchange import Answer
from fauxero.identity import portal
from fauxero.identity.caps import CONNECTIONS_MAX
from fauxero.identity.records import App
from fauxero.identity.redirects import problem_with
from fauxero.identity.scopes import GRANULAR, OPENID, UNCHANGED, in_words
from fauxero.pages.visit import Gone, Visit, redirect

CUSTOM_SCOPES = tuple(
    scope for scope in GRANULAR + UNCHANGED if scope != "accounting.journals.read"
)
_BLANK = {"name": "", "kind": "web", "company_url": "", "redirect_uri": "", "organisation": ""}


def my_apps(visit: Visit) -> Answer:
    apps = list(visit.world.identity.apps)
    counts = {app.id: len(visit.world.identity.connections_of(app.id)) for app in apps}
    return visit.show("portal/apps.html", apps=apps, kinds=portal.KINDS, counts=counts)


def app_of(visit: Visit) -> App:
    app = visit.world.identity.apps.get(visit.words[0].upper())
    if app is None:
        raise Gone(f"app {visit.words[0]}")
    return app


def with_problems(visit: Visit, problems: Mapping[str, str]) -> Visit:
    return replace(visit, problems=problems)


# ---- new app


def new_app_page(visit: Visit) -> Answer:
    return _form(visit, _BLANK)


def _form(visit: Visit, given: Mapping[str, str], *, status: int = 200) -> Answer:
    picked = {value for name, value in visit.request.form_fields if name == "scope"}
    return visit.show(
        "portal/new.html",
        status=status,
        given=given,
        kinds=portal.KINDS,
        organisations=list(visit.world.organisations.values()),
        scopes=[(scope, in_words(scope), scope in picked) for scope in CUSTOM_SCOPES],
    )


def new_app(visit: Visit) -> Answer:
    given = {name: visit.form.get(name, "").strip() for name in _BLANK}
    is_custom = given["kind"] == "custom"
    picked = tuple(value for name, value in visit.request.form_fields if name == "scope")
    problems = _problems(visit, given, picked)
    if problems:
        return _form(with_problems(visit, problems), given, status=422)
    scopes = {"scopes": picked} if is_custom else {}
    app = portal.new_app(
        visit.world,
        name=given["name"],
        kind=given["kind"],
        company_url=given["company_url"],
        redirect_uri=given["redirect_uri"],
        organisation_id=given["organisation"] or None,
        **scopes,
    )
    return redirect(f"/portal/apps/{app.id}/configuration")


def _problems(visit: Visit, given: Mapping[str, str], picked: tuple[str, ...]) -> dict[str, str]:
    """Everything that is wrong with the form at once, by field."""
    label = "The company or application URL"
    found = {
        "name": _said(lambda: portal.check_name(given["name"])),
        "company_url": _said(lambda: portal.check_url(given["company_url"], label=label)),
        "kind": "" if given["kind"] in portal.KINDS else "Choose what kind of app it is.",
        "terms": "" if "terms" in visit.form else "Tick the box: it asks nothing real of you.",
    }
    if given["kind"] == "custom":
        if given["organisation"] not in visit.world.organisations:
            found["organisation"] = "Choose the organisation that it connects to."
        if not picked or not set(picked) <= set(CUSTOM_SCOPES):
            found["scope"] = "Choose what it may do."
    else:
        missing = "" if given["redirect_uri"] else "An app needs a redirect address."
        found["redirect_uri"] = missing or problem_with(given["redirect_uri"]) or ""
    return {field: problem for field, problem in found.items() if problem}


def _said(check: Callable[[], object]) -> str:
    try:
        check()
    except portal.Problem as problem:
        return str(problem)
    return ""


# ---- one app


def details(visit: Visit) -> Answer:
    return _details(visit, app_of(visit))


def _details(visit: Visit, app: App, *, status: int = 200) -> Answer:
    return visit.show(
        "portal/details.html",
        status=status,
        app=app,
        kinds=portal.KINDS,
        tiers=CONNECTIONS_MAX,
        saved="saved" in visit.request.query,
    )


def change_details(visit: Visit) -> Answer:
    app = app_of(visit)
    name, url = visit.form.get("name", ""), visit.form.get("company_url", "")
    label = "The company or application URL"
    problems = {
        "name": _said(lambda: portal.check_name(name)),
        "company_url": _said(lambda: portal.check_url(url, label=label)),
    }
    # The demo app has no address until somebody gives it one.
    if not url and not app.company_url:
        problems["company_url"] = ""
    shown = replace(app, name=name, company_url=url)
    if any(problems.values()):
        return _details(with_problems(visit, problems), shown, status=422)
    portal.change_app(
        visit.world,
        app.id,
        name=name,
        company_url=url or None,
        tier=visit.form.get("tier") if visit.form.get("tier") in CONNECTIONS_MAX else None,
        is_certified="is_certified" in visit.form,
    )
    return redirect(f"/portal/apps/{app.id}?saved=1")


def configuration(visit: Visit) -> Answer:
    app = app_of(visit)
    return _configuration(visit, app, [*app.redirect_uris, ""])


def _configuration(
    visit: Visit, app: App, uris: list[str], *, secret: str | None = None, status: int = 200
) -> Answer:
    return visit.show(
        "portal/configuration.html",
        status=status,
        app=app,
        kinds=portal.KINDS,
        uris=uris,
        secret=secret,
        scopes=[(scope, in_words(scope)) for scope in app.scopes if scope not in OPENID],
        saved="saved" in visit.request.query,
    )


def change_configuration(visit: Visit) -> Answer:
    """Save redirect addresses, or generate a secret: it is in this answer and never again."""
    app = app_of(visit)
    uris = [value.strip() for name, value in visit.request.form_fields if name == "redirect_uri"]
    if visit.form.get("do") == "secret":
        try:
            secret = portal.generate_secret(visit.world, app.id)
        except portal.Problem as problem:
            seen = with_problems(visit, {"secret": str(problem)})
            return _configuration(seen, app, [*app.redirect_uris, ""], status=422)
        return _configuration(visit, app_of(visit), [*app.redirect_uris, ""], secret=secret)
    problems = {f"redirect_uri_{at}": problem_with(uri) or "" for at, uri in enumerate(uris) if uri}
    if not any(uris):
        problems["redirect_uri_0"] = "An app needs a redirect address."
    if any(problems.values()):
        return _configuration(with_problems(visit, problems), app, uris, status=422)
    portal.set_redirects(visit.world, app.id, uris)
    return redirect(f"/portal/apps/{app.id}/configuration?saved=1")


def connections(visit: Visit) -> Answer:
    app = app_of(visit)
    identity = visit.world.identity
    links = [
        (link, visit.world.organisations[link.organisation_id].name, identity.users[link.user_id])
        for link in identity.connections_of(app.id)
        if link.user_id in identity.users and link.organisation_id in visit.world.organisations
    ]
    return visit.show(
        "portal/connections.html", app=app, links=links, most=CONNECTIONS_MAX[app.tier]
    )


def change_connections(visit: Visit) -> Answer:
    app = app_of(visit)
    wanted = visit.form.get("connection", "")
    if wanted not in {link.id for link in visit.world.identity.connections_of(app.id)}:
        raise Gone("the connection")
    portal.disconnect(visit.world, wanted)
    return redirect(f"/portal/apps/{app.id}/connections")
