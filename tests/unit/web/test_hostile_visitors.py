"""What strangers try: other people's sessions, addresses, hosts, frames and redirects."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from tests.connected import new_operator
from tests.people import PASSWORD, browser, login_of, signed_in, signs_in, works_for

pytestmark = pytest.mark.usefixtures("database")
BEHIND_A_PROXY = override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))


def _wrong_try(address: str, *, proxy: str = "127.0.0.1") -> int:
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR=proxy)
    client.defaults["HTTP_X_FORWARDED_FOR"] = address
    return signs_in(client, "mary", "wrong").status_code


def test_a_session_begun_before_signing_in_is_not_the_one_after() -> None:
    works_for("mary", new_operator())
    client = browser()
    client.get("/sign-in")
    client.session["planted"] = "by a stranger"
    before = client.session
    before.save()
    client.cookies["sessionid"] = before.session_key

    signs_in(client, "mary")

    assert client.cookies["sessionid"].value != before.session_key
    assert not before.exists(before.session_key)


def test_cookies_are_read_by_no_script_and_sent_by_no_other_site() -> None:
    works_for("mary", new_operator())
    client = browser()
    client.get("/sign-in")
    signs_in(client, "mary")

    for name in ("sessionid", "csrftoken", "theme"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name


@pytest.mark.parametrize(
    "way",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_signing_in_and_switching_lead_nowhere_else(way: str) -> None:
    works_for("mary", new_operator())
    client = browser()

    answer = signs_in(client, "mary", way=way)
    theme = client.post("/account/theme", {"theme": "dark"}, headers={"Referer": way})

    assert answer.get("Location", "/") == "/"
    assert theme.get("Location", "/") == "/"


def test_another_host_is_not_answered_so_that_no_link_is_made_for_it() -> None:
    boss = signed_in(works_for("mary", new_operator()))
    invitation = {"email": "tom@example.com", "role": "viewer", "key": "k"}

    answer = boss.post("/settings/people/invite", invitation, headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert boss.get("/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 200


def test_no_answer_is_kept_framed_or_guessed_at() -> None:
    boss = signed_in(works_for("mary", new_operator()))

    for address in ("/", "/account", "/settings/audit-log.csv", "/sign-in", "/nowhere"):
        answer = boss.get(address)
        assert "no-store" in answer["Cache-Control"], address
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"


def test_behind_a_proxy_each_visitor_is_counted_by_their_own_address() -> None:
    works_for("mary", new_operator())
    with BEHIND_A_PROXY:
        stranger = [_wrong_try("203.0.113.9") for _ in range(6)]
        other = _wrong_try("203.0.113.8")
        disguised = _wrong_try("203.0.113.8, 203.0.113.9")

    assert (stranger[-1], other, disguised) == (429, 422, 429)


def test_without_a_proxy_nobody_says_who_they_are() -> None:
    """Nor through one's port from afar: a try with an invented address counts for the real one."""
    works_for("mary", new_operator())

    plain = [_wrong_try(f"203.0.113.{n}", proxy="93.184.216.34") for n in range(6)]
    with BEHIND_A_PROXY:
        afar = _wrong_try("203.0.113.77", proxy="93.184.216.34")

    assert (plain[-1], afar) == (429, 429)


def test_a_sign_in_begun_with_the_old_password_ends_with_a_new_one() -> None:
    from unitledger.store.models import User

    works_for("mary", new_operator())
    User.objects.update(totp_secret_sealed=b"x", totp_confirmed_at="2026-11-01T00:00:00Z")
    thief = browser()
    assert signs_in(thief, "mary")["Location"] == "/sign-in/second-step"
    assert thief.get("/sign-in/second-step").status_code == 200

    mary = login_of("mary")
    mary.set_password(f"{PASSWORD} again")
    mary.save()

    assert thief.get("/sign-in/second-step")["Location"] == "/sign-in"


def test_an_invitation_of_before_lowers_nobody() -> None:
    """Invited as a viewer, then let in again as the administrator she was."""
    from unitledger.store.models import Membership

    operator_id = new_operator()
    mary, ann = works_for("mary", operator_id), works_for("ann", operator_id)
    boss = signed_in(mary)
    boss.post(f"/settings/people/{ann.public_id}/deactivate")
    boss.post("/settings/people/invite", {"email": ann.username, "role": "viewer", "key": "k"})
    page = boss.get("/settings/people").content.decode()
    link = page.split('value="http://localhost')[1].split('"')[0]
    boss.post(f"/settings/people/{ann.public_id}/reactivate")
    boss.post(f"/settings/people/{mary.public_id}/deactivate")

    assert signed_in(ann).post(link).status_code == 410
    assert Membership.objects.get(user=ann).role == "administrator"


def test_a_zero_byte_is_refused_in_words_wherever_it_stands() -> None:
    boss = signed_in(works_for("mary", new_operator()))

    for answer in (
        boss.get("/tenants?q=%00"),
        boss.post("/account/name", {"name": "Mary\x00"}),
    ):
        assert answer.status_code == 400
        assert "could not be understood" in answer.content.decode()
