"""First run, inviting, roles and locations, several operators, API keys, the audit log."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connections
from django.test import Client

from tests.connected import new_operator
from tests.people import PASSWORD, browser, login_of, signed_in, signs_in, works_for
from unitledger import wiring
from unitledger.engine.auditing import SYSTEM, Subject, note

pytestmark = pytest.mark.usefixtures("database")
NEW = {"password": PASSWORD, "again": PASSWORD}
CLAIM = {"operator": "Harbour Storage", "name": "Mary Holt", "email": "Mary@example.com", **NEW}


def _claims(client: Client, **changes: str):
    return client.post("/set-up", {"token": wiring.set_up_token(), **CLAIM, **changes})


def _invites(client: Client, email: str = "tom@example.com", key: str = "k1", **more: object):
    typed = {"email": email, "role": "viewer", "key": key, **more}
    return client.post("/settings/people/invite", typed)


def _link(client: Client) -> str:
    found = re.search(
        r"http://localhost(/links/[\w-]+)", client.get("/settings/people").content.decode()
    )
    assert found, "no link is shown"
    return found[1]


# -- first run


def test_an_empty_installation_leads_to_its_set_up_and_then_never_again() -> None:
    client = browser()
    assert client.get("/sign-in")["Location"] == "/set-up"

    assert _claims(client)["Location"] == "/"
    page = client.get("/").content.decode()
    assert "Harbour Storage · Administrator" in page
    assert browser().get("/set-up").status_code == 404
    assert _claims(browser(), email="eve@example.com").status_code == 404


@pytest.mark.parametrize("token", ["", "guess", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_stranger_without_the_token_cannot_claim_it(token: str) -> None:
    from unitledger.store.models import Operator, User

    answer = _claims(browser(), token=token)

    assert answer.status_code == 422
    assert "This is not the set-up token" in answer.content.decode()
    assert not Operator.objects.exists()
    assert not User.objects.exists()


def test_what_was_typed_stays_and_each_fault_stands_at_its_field() -> None:
    page = _claims(browser(), email="no address").content.decode()

    assert 'value="Harbour Storage"' in page
    assert 'id="email-e"' in page
    assert PASSWORD not in page


def test_of_two_who_claim_at_once_one_succeeds() -> None:
    from unitledger.store.models import Membership, Operator

    answers: list[int] = []

    def claim(email: str) -> None:
        try:
            answers.append(_claims(browser(), email=email).status_code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=claim, args=(f"p{n}@example.com",)) for n in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(answers) == [302, 404]
    assert (Operator.objects.count(), Membership.objects.count()) == (1, 1)


# -- inviting


def test_an_invited_person_joins_with_the_role_and_locations_of_the_invitation() -> None:
    from unitledger.store.models import Location, Membership

    boss = signed_in(works_for("mary", new_operator("Ashford", "Brookvale")))
    ashford = Location.objects.get(name="Ashford")
    _invites(boss, location=[ashford.pk])
    link = _link(boss)
    tom = browser()
    assert "Mary invited tom@example.com as viewer" in tom.get(link).content.decode()

    assert tom.post(link, {"name": "Tom Reed", **NEW})["Location"] == "/"

    joined = Membership.objects.get(user__username="tom@example.com")
    assert (joined.role, [each.name for each in joined.locations.all()]) == ("viewer", ["Ashford"])
    assert browser().get(link).status_code == 410
    assert browser().post(link, {"name": "Eve", **NEW}).status_code == 410


def test_a_link_is_shown_once_and_kept_as_a_hash() -> None:
    from unitledger.store.models import PersonLink

    boss = signed_in(works_for("mary", new_operator()))
    _invites(boss)
    token = _link(boss).removeprefix("/links/")

    assert token not in boss.get("/settings/people").content.decode()
    assert token.encode() not in bytes(PersonLink.objects.get().token_hash)


def test_a_double_click_invites_once() -> None:
    from unitledger.store.models import AuditEntry, PersonLink

    boss = signed_in(works_for("mary", new_operator()))
    for _ in range(2):
        _invites(boss)

    assert PersonLink.objects.count() == 1
    assert AuditEntry.objects.filter(act="person_invited").count() == 1
    assert browser().get(_link(boss)).status_code == 200


def test_a_new_invitation_ends_the_older_one_and_a_withdrawn_one_opens_nothing() -> None:
    from unitledger.store.models import PersonLink

    boss = signed_in(works_for("mary", new_operator()))
    _invites(boss)
    first = _link(boss)
    _invites(boss, key="k2")
    second = _link(boss)
    assert browser().get(first).status_code == 410
    kept = PersonLink.objects.get(withdrawn_at=None)

    boss.post(f"/settings/people/links/{kept.public_id}/withdraw")

    assert browser().get(second).status_code == 410


def test_an_invitation_runs_out_after_seven_days() -> None:
    from datetime import timedelta

    from django.db.models import F

    from unitledger.store.models import PersonLink

    boss = signed_in(works_for("mary", new_operator()))
    _invites(boss)
    link = _link(boss)
    PersonLink.objects.update(expires_at=F("expires_at") - timedelta(days=7, minutes=1))

    assert browser().get(link).status_code == 410


def test_who_has_a_login_joins_with_it_and_nobody_joins_in_their_name() -> None:
    from unitledger.store.models import Membership

    works_for("tom", new_operator())
    boss = signed_in(works_for("mary", new_operator()))
    _invites(boss)
    link = _link(boss)
    stranger = browser()

    assert "Sign in with it" in stranger.get(link).content.decode()
    assert stranger.post(link, {"name": "Eve", **NEW}).status_code == 422
    assert signed_in(login_of("eve")).post(link).status_code == 422
    tom = browser()
    signs_in(tom, "tom")
    assert tom.post(link).status_code == 302
    assert Membership.objects.filter(user__username="tom@example.com").count() == 2


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"email": "nobody"}, "email"),
        ({"role": "owner"}, "role"),
        ({"location": ["999999"]}, "locations"),
    ],
)
def test_an_invitation_that_does_not_fit_names_its_field(
    typed: dict[str, object], field: str
) -> None:
    boss = signed_in(works_for("mary", new_operator("Ashford")))

    answer = _invites(boss, **typed)

    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.content.decode()


def test_another_operators_location_cannot_be_given_out() -> None:
    from unitledger.store.models import Location, PersonLink

    boss = signed_in(works_for("mary", new_operator("Ashford")))
    new_operator("Brookvale")
    theirs = Location.objects.get(name="Brookvale")

    assert _invites(boss, location=[theirs.pk]).status_code == 422
    assert not PersonLink.objects.exists()


# -- changing people


def test_a_role_and_locations_are_changed_and_written_down() -> None:
    from unitledger.store.models import AuditEntry, Location

    operator_id = new_operator("Ashford")
    boss = signed_in(works_for("mary", operator_id))
    tom = works_for("tom", operator_id, "viewer")
    ashford = Location.objects.get()

    boss.post(f"/settings/people/{tom.public_id}", {"role": "bookkeeper", "location": [ashford.pk]})

    entry = AuditEntry.objects.get(act="person_changed")
    assert entry.before == {"role": "viewer", "locations": []}
    assert entry.after == {"role": "bookkeeper", "locations": ["Ashford"]}
    assert entry.actor_name == "Mary"


def test_the_last_administrator_stays_one() -> None:
    from unitledger.store.models import Membership

    operator_id = new_operator()
    mary = works_for("mary", operator_id)
    boss = signed_in(mary)

    changed = boss.post(f"/settings/people/{mary.public_id}", {"role": "viewer"})
    ended = boss.post(f"/settings/people/{mary.public_id}/deactivate")

    for answer in (changed, ended):
        assert answer.status_code == 422
        assert "last administrator" in answer.content.decode()
    kept = Membership.objects.get(user=mary)
    assert (kept.role, kept.deactivated_at) == ("administrator", None)


def test_a_deactivated_person_opens_nothing_at_once_and_comes_back() -> None:
    operator_id = new_operator()
    boss = signed_in(works_for("mary", operator_id))
    tom = works_for("tom", operator_id, "viewer")
    his = signed_in(tom)

    boss.post(f"/settings/people/{tom.public_id}/deactivate")
    assert his.get("/").status_code == 403
    boss.post(f"/settings/people/{tom.public_id}/reactivate")
    assert his.get("/").status_code == 200


def test_a_password_is_reset_by_a_link_and_every_session_ends() -> None:
    operator_id = new_operator()
    boss = signed_in(works_for("mary", operator_id))
    tom = works_for("tom", operator_id, "viewer")
    his = browser()
    signs_in(his, "tom")
    boss.post(f"/settings/people/{tom.public_id}/reset", {"key": "r1"})
    link = _link(boss)
    new = "nine lamps 4 rent"

    assert browser().post(link, {"password": new, "again": new})["Location"] == "/sign-in"
    assert his.get("/").status_code == 302
    assert signs_in(browser(), "tom").status_code == 422
    assert signs_in(browser(), "tom", new).status_code == 302
    assert browser().post(link, {"password": new, "again": new}).status_code == 410


@pytest.mark.parametrize("act", ["reset", "second-step-off"])
def test_no_administrator_takes_over_a_login_that_opens_other_operators(act: str) -> None:
    mine = new_operator()
    boss = signed_in(works_for("mary", mine))
    ann = works_for("ann", mine, "bookkeeper")
    works_for("ann", new_operator(), "administrator")

    answer = boss.post(f"/settings/people/{ann.public_id}/{act}", {"key": "r1"})

    assert answer.status_code == 422
    assert "also works for other operators" in answer.content.decode()


# -- several operators


def test_an_accountant_goes_from_one_operator_to_another() -> None:
    from unitledger.store.models import Operator

    first, second = new_operator(), new_operator()
    works_for("ann", first, "bookkeeper")
    client = signed_in(works_for("ann", second, "viewer"))
    names = {each.pk: each for each in Operator.objects.all()}
    page = client.get("/operators").content.decode()
    assert names[first].name in page
    assert names[second].name in page

    client.post("/operators/switch", {"operator": names[second].public_id})

    assert f"{names[second].name} · Viewer" in client.get("/").content.decode()


def test_nobody_switches_to_an_operator_that_is_not_theirs() -> None:
    from unitledger.store.models import Operator

    client = signed_in(works_for("ann", new_operator(), "viewer"))
    theirs = Operator.objects.get(id=new_operator())

    for typed in (str(theirs.public_id), "", "nonsense"):
        assert client.post("/operators/switch", {"operator": typed}).status_code == 404
    assert theirs.name not in client.get("/operators").content.decode()


def test_with_one_operator_there_is_no_switch() -> None:
    client = signed_in(works_for("ann", new_operator(), "viewer"))

    assert "/operators/switch" not in client.get("/").content.decode()


# -- API keys


def test_a_key_is_shown_once_and_a_double_click_makes_one() -> None:
    from unitledger.store.models import ApiKey

    boss = signed_in(works_for("mary", new_operator()))
    typed = {"name": "Till", "scope": ["read"], "mode": "test", "key": "f1"}
    for _ in range(2):
        boss.post("/settings/api-keys/make", typed)
    shown = re.search(r"ul_test_\w{8}_[\w-]+", boss.get("/settings/api-keys").content.decode())
    assert shown

    assert ApiKey.objects.count() == 1
    assert shown[0] not in boss.get("/settings/api-keys").content.decode()


def test_a_key_of_another_operator_is_not_found() -> None:
    from unitledger.store.models import ApiKey

    signed_in(works_for("mary", new_operator())).post(
        "/settings/api-keys/make", {"name": "Till", "scope": ["read"], "mode": "live", "key": "f"}
    )
    key = ApiKey.objects.get()
    stranger = signed_in(works_for("eve", new_operator()))

    assert stranger.post(f"/settings/api-keys/{key.public_id}/revoke").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


# -- the audit log


def test_the_log_is_filtered_and_paged_without_losing_an_entry() -> None:
    operator_id = new_operator()
    boss = signed_in(works_for("mary", operator_id))
    for number in range(120):
        act = "thing_made" if number % 2 else "thing_ended"
        note(operator_id, SYSTEM, act, Subject("thing", str(number), f"Thing {number:03}"))
    seen: list[str] = []
    address = "/settings/audit-log?act=thing_made"
    while address:
        page = boss.get(address).content.decode()
        seen += re.findall(r"Thing (\d{3})<", page)
        older = re.search(r'href="\?([^"]+)" rel="next"', page)
        address = f"/settings/audit-log?{older[1]}".replace("&amp;", "&") if older else ""

    assert seen == [f"{number:03}" for number in range(119, 0, -2)]


def test_the_log_of_another_operator_is_invisible() -> None:
    boss = signed_in(works_for("mary", new_operator()))
    note(new_operator(), SYSTEM, "thing_made", Subject("thing", "1", "Their thing"))

    assert "Their thing" not in boss.get("/settings/audit-log").content.decode()
    export = b"".join(boss.get("/settings/audit-log.csv")).decode()
    assert "Their thing" not in export


def test_no_cell_of_the_export_is_taken_for_a_formula() -> None:
    operator_id = new_operator()
    boss = signed_in(works_for("mary", operator_id))
    note(operator_id, SYSTEM, "thing_made", Subject("thing", "1", "=HYPERLINK(1)"))

    export = b"".join(boss.get("/settings/audit-log.csv")).decode()

    assert "'=HYPERLINK(1)" in export


def test_a_filter_that_is_no_date_is_said_at_its_field() -> None:
    boss = signed_in(works_for("mary", new_operator()))

    page = boss.get("/settings/audit-log?from=yesterday&to=9999-12-31").content.decode()

    assert "yesterday is no date" in page
