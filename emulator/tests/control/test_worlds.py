"""Worlds in one process: many at a time, in a thread or without any socket."""

from __future__ import annotations

import asyncio
import time

import httpx2 as httpx
import pytest

from fauxero.app import ConnectionCut, create_app
from fauxero.testing import serve_in_thread
from fauxero.world import World


def opened() -> World:
    world = World()
    world.open([{"template": "uk"}])
    return world


def test_two_worlds_know_nothing_of_each_other() -> None:
    with serve_in_thread(opened()) as one, serve_in_thread(World()) as other:
        token = httpx.post(f"{one.url}/_fauxero/token", json={}).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        assert len(httpx.get(f"{one.url}/connections", headers=bearer).json()) == 1
        assert httpx.get(f"{other.url}/_fauxero/organisations").json() == {"organisations": []}


def test_a_world_in_a_thread_can_be_touched_between_requests() -> None:
    world = opened()
    with serve_in_thread(world) as server:
        host = server.run(lambda world: world.add_organisation("nz", name="Kiwi"))
        found = httpx.get(f"{server.url}/_fauxero/organisations").json()["organisations"]
        assert found[-1]["organisation_id"] == host.id


def test_a_server_in_a_thread_starts_and_stops_quickly() -> None:
    began = time.monotonic()
    server = serve_in_thread(opened())
    assert httpx.get(f"{server.url}/_fauxero/health").status_code == 200
    server.stop()
    # Generous: a loaded machine must not fail this; a hang must.
    assert time.monotonic() - began < 5
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{server.url}/_fauxero/health")


def test_the_application_answers_without_any_socket() -> None:
    world = opened()
    transport = httpx.ASGITransport(app=create_app(world))

    async def talk() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://fauxero") as client:
            token = (await client.post("/_fauxero/token", json={})).json()
            headers = {
                "Authorization": f"Bearer {token['access_token']}",
                "xero-tenant-id": token["organisation_id"],
                "Accept": "application/json",
            }
            answer = await client.get("/api.xro/2.0/Organisation", headers=headers)
            assert answer.status_code == 200
            world.faults.add("cut_after_commit")
            with pytest.raises(ConnectionCut):
                await client.put("/api.xro/2.0/Contacts", headers=headers, json={"Name": "Ann"})
            listed = await client.get("/api.xro/2.0/Contacts", headers=headers)
            assert len(listed.json()["Contacts"]) == 1

    asyncio.run(talk())
