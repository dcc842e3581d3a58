"""Signing in: slowed down for who guesses, in two steps, listed and ended by its person."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from tests.connected import new_operator
from tests.people import browser, login_of, signed_in, signs_in, works_for
from unitledger import wiring

pytestmark = pytest.mark.usefixtures("database")


def _log() -> list[str]:
    from unitledger.store.models import AuditEntry

    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


def _time_passes(minutes: int) -> None:
    """As far as tries know."""
    from django.db.models import F

    from unitledger.store.models import SignInTries

    step = timedelta(minutes=minutes)
    SignInTries.objects.update(
        began_at=F("began_at") - step, blocked_until_at=F("blocked_until_at") - step
    )


def _two_steps(client: Client) -> tuple[str, list[str]]:
    """Turn them on as a person does; the secret and the recovery codes."""
    client.post("/account/second-step")
    page = client.get("/account/second-step").content.decode()
    found = re.search(r'id="key" readonly value="([A-Z2-7 ]+)"', page)
    assert found
    secret = found[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(wiring.shared_tools().clock.now())
    client.post("/account/second-step/confirm", {"code": code})
    shown = client.get("/account/second-step").content.decode()
    return secret, re.findall(r"<li>((?:[a-z2-7]{4}-?){4})</li>", shown)


def _forget_last_step(user) -> None:
    """Half a minute passes: the next code is another one."""
    user.refresh_from_db()
    user.totp_last_step -= 2
    user.save()


def test_the_pause_ends_by_itself_also_when_somebody_goes_on_guessing() -> None:
    works_for("mary", new_operator())
    for _ in range(9):
        signs_in(browser(), "mary", "wrong")

    assert signs_in(browser(), "mary").status_code == 429
    _time_passes(6)
    assert signs_in(browser(), "mary").status_code == 302


def test_a_stranger_elsewhere_cannot_lock_a_person_out() -> None:
    works_for("mary", new_operator())
    stranger = Client(HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.9")
    for _ in range(12):
        signs_in(stranger, "mary", "wrong")

    assert signs_in(stranger, "mary").status_code == 429
    assert signs_in(browser(), "mary").status_code == 302


def test_many_addresses_do_not_help_to_guess_one_password() -> None:
    works_for("mary", new_operator())
    answers = [
        signs_in(Client(HTTP_HOST="localhost", REMOTE_ADDR=f"203.0.113.{n}"), "mary", "wrong")
        for n in range(31)
    ]

    assert answers[-1].status_code == 429


def test_many_names_do_not_help_from_one_address() -> None:
    for number in range(60):
        answer = signs_in(browser(), f"nobody{number}", "wrong")

    assert signs_in(browser(), "somebody", "wrong").status_code == 429
    assert answer.status_code == 422


def test_an_unknown_name_is_answered_like_a_known_one() -> None:
    works_for("mary", new_operator())

    known = signs_in(browser(), "mary", "wrong").content.decode()
    unknown = signs_in(browser(), "nobody", "wrong").content.decode()

    assert _but_what_was_typed(known) == _but_what_was_typed(unknown)


def _but_what_was_typed(page: str) -> str:
    without_token = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return re.sub(r'value="[a-z]+@example.com"', "", without_token)


def test_signing_in_and_out_is_written_down() -> None:
    works_for("mary", new_operator())
    client = browser()
    signs_in(client, "mary", "wrong")
    signs_in(client, "mary")
    client.post("/sign-out")

    assert _log() == ["sign_in_refused", "signed_in", "signed_out"]


def test_a_second_step_asks_for_a_code_before_anything_is_shown() -> None:
    user = works_for("mary", new_operator())
    secret, _ = _two_steps(signed_in(user))
    client = browser()

    asked = signs_in(client, "mary", way="/settings/people")
    assert asked["Location"] == "/sign-in/second-step"
    assert client.get("/").status_code == 302
    assert client.post("/sign-in/second-step", {"code": "000000"}).status_code == 422
    _forget_last_step(user)
    code = pyotp.TOTP(secret).at(wiring.shared_tools().clock.now())
    entered = client.post("/sign-in/second-step", {"code": f"{code[:3]} {code[3:]}"})

    assert entered["Location"] == "/settings/people"
    assert client.get("/").status_code == 200


def test_a_code_opens_once() -> None:
    user = works_for("mary", new_operator())
    secret, _ = _two_steps(signed_in(user))
    code = pyotp.TOTP(secret).at(wiring.shared_tools().clock.now())
    client = browser()
    signs_in(client, "mary")

    assert client.post("/sign-in/second-step", {"code": code}).status_code == 422


def test_a_recovery_code_opens_once_and_ten_are_given() -> None:
    user = works_for("mary", new_operator())
    _, codes = _two_steps(signed_in(user))
    assert len(codes) == 10

    for expected in (302, 422):
        client = browser()
        signs_in(client, "mary")
        answer = client.post("/sign-in/second-step", {"code": codes[0].upper()})
        assert answer.status_code == expected


def test_guessing_codes_is_slowed_down_too() -> None:
    user = works_for("mary", new_operator())
    _two_steps(signed_in(user))
    client = browser()
    signs_in(client, "mary")
    for _ in range(5):
        client.post("/sign-in/second-step", {"code": "000000"})

    assert client.post("/sign-in/second-step", {"code": "000000"}).status_code == 429


def test_the_second_step_is_no_page_without_a_password_before_it() -> None:
    assert browser().get("/sign-in/second-step")["Location"] == "/sign-in"


def test_the_secret_is_not_shown_again_once_it_counts() -> None:
    user = works_for("mary", new_operator())
    client = signed_in(user)
    client.post("/account/second-step")
    picture = client.get("/account/second-step/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b" style=" not in picture.content
    secret, codes = _two_steps(client)

    again = client.get("/account/second-step").content.decode()
    assert client.get("/account/second-step/qr.svg").status_code == 404
    assert secret not in again.replace(" ", "")
    assert codes[0] not in again


def test_an_operator_may_ask_everybody_for_a_second_step() -> None:
    operator_id = new_operator()
    boss = signed_in(works_for("mary", operator_id))
    _two_steps(boss)
    tom = signed_in(works_for("tom", operator_id, "viewer"))
    assert tom.get("/").status_code == 200

    boss.post("/settings/people/second-step", {"required": "yes"})

    assert tom.get("/")["Location"] == "/account/second-step"
    _two_steps(tom)
    assert tom.get("/").status_code == 200


def test_turning_the_second_step_off_takes_the_password() -> None:
    user = works_for("mary", new_operator())
    client = signed_in(user)
    _two_steps(client)

    refused = client.post("/account/second-step/off", {"off_password": "wrong"})
    user.refresh_from_db()

    assert (refused.status_code, user.has_two_steps) == (422, True)


def test_a_person_sees_their_sessions_and_ends_another_one() -> None:
    works_for("mary", new_operator())
    here, there = browser(), Client(HTTP_HOST="localhost", HTTP_USER_AGENT="X Firefox/1 Windows")
    signs_in(here, "mary")
    signs_in(there, "mary")
    page = here.get("/account").content.decode()
    assert "Firefox on Windows" in page
    found = re.search(r"/account/sessions/([0-9a-f-]{36})/end", page)
    assert found

    here.post(f"/account/sessions/{found[1]}/end")

    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_nobody_ends_another_persons_session() -> None:
    from unitledger.store.models import PersonSession

    operator_id = new_operator()
    works_for("mary", operator_id)
    mary = browser()
    signs_in(mary, "mary")
    tom = signed_in(works_for("tom", operator_id))
    marys = PersonSession.objects.exclude(began_at=None).get()

    assert tom.post(f"/account/sessions/{marys.public_id}/end").status_code == 404
    assert mary.get("/").status_code == 200


def test_a_new_password_ends_the_other_sessions() -> None:
    works_for("mary", new_operator())
    here, there = browser(), browser()
    signs_in(here, "mary")
    signs_in(there, "mary")
    typed = {
        "old": "a storage door at dusk",
        "password": "nine lamps 4 rent",
        "again": "nine lamps 4 rent",
    }

    assert here.post("/account/password", {**typed, "old": "no"}).status_code == 422
    assert here.post("/account/password", typed).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


@pytest.mark.parametrize("password", ["short", "password", "1234567890", "mary@example"])
def test_a_password_that_is_easy_to_guess_is_not_taken(password: str) -> None:
    client = signed_in(works_for("mary", new_operator()))
    typed = {"old": "a storage door at dusk", "password": password, "again": password}

    answer = client.post("/account/password", typed)

    assert answer.status_code == 422
    assert 'id="password-e"' in answer.content.decode()


def test_a_person_without_an_operator_still_has_an_account() -> None:
    assert signed_in(login_of("eve")).get("/account").status_code == 200


def test_a_theme_is_kept_for_the_person() -> None:
    user = works_for("mary", new_operator())
    client = signed_in(user)

    client.post("/account/theme", {"theme": "dark"})

    assert 'data-theme="dark"' in client.get("/").content.decode()
