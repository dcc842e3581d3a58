"""/connections. Evidence: the official specification for the shape; documented for the rest."""

from __future__ import annotations

import re

from tests.conftest import Xero


def links(xero: Xero, **how: str) -> list[dict]:
    bearer = {"Authorization": f"Bearer {xero.token['access_token']}"}
    answer = xero.http.get("/connections", headers=bearer, params=how)
    assert answer.status_code == 200
    return answer.json()


def disconnect(xero: Xero, connection_id: str) -> int:
    bearer = {"Authorization": f"Bearer {xero.token['access_token']}"}
    return xero.http.delete(f"/Connections/{connection_id}", headers=bearer).status_code


def test_connections_are_a_bare_list_with_iso_dates(xero: Xero) -> None:
    [link] = links(xero)
    assert link["tenantType"] == "ORGANISATION"
    assert link["tenantName"] == "Demo Company (UK)"
    assert re.fullmatch(r"2026-03-02T09:00:00\.\d{7}", link["createdDateUtc"])


def test_connections_may_be_narrowed_to_one_consent(xero: Xero) -> None:
    event = links(xero)[0]["authEventId"]
    assert len(links(xero, authEventId=event)) == 1
    assert links(xero, authEventId="another") == []


def test_a_deleted_connection_answers_204_then_403_while_the_token_lives(xero: Xero) -> None:
    [link] = links(xero)
    assert disconnect(xero, link["id"]) == 204
    assert disconnect(xero, link["id"]) == 404
    assert links(xero) == []
    answer = xero.get("Organisation")
    assert (answer.status_code, answer.json()["Detail"]) == (403, "AuthenticationUnsuccessful")


def test_the_tenant_id_is_not_the_connection_id(xero: Xero) -> None:
    assert disconnect(xero, xero.organisation_id) == 404


def test_connecting_again_keeps_the_id_and_moves_the_updated_date(xero: Xero) -> None:
    [before] = links(xero)
    disconnect(xero, before["id"])
    xero.advance(60)
    xero.token = xero.new_token()
    [after] = links(xero)
    assert after["id"] == before["id"]
    assert after["createdDateUtc"] == before["createdDateUtc"]
    assert after["updatedDateUtc"] > before["updatedDateUtc"]


def test_one_users_token_reaches_all_their_organisations_and_no_others(xero: Xero) -> None:
    xero.control("POST", "organisations", {"template": "nz"})
    xero.control("POST", "organisations", {"template": "au"})
    for organisation in ("uk", "nz"):
        xero.token = xero.control(
            "POST", "token", {"organisation": organisation, "user": "owner@example.test"}
        )
    assert {link["tenantName"] for link in links(xero)} == {
        "Demo Company (UK)",
        "Demo Company (NZ)",
    }


def test_another_users_connection_cannot_be_deleted(xero: Xero) -> None:
    [link] = links(xero)
    xero.token = xero.new_token(user="someone.else@example.test")
    assert disconnect(xero, link["id"]) == 404
