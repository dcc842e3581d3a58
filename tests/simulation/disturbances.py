"""Syncs of every kind, and everything that can go wrong around them, drawn at random."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from tests.business import START_ON
from tests.simulation.stage import Crashed, Stage, in_background
from unitledger.books.xero.identity import SCOPES
from unitledger.core.exchange import IdentityUnavailable
from unitledger.engine import braking, connecting, crashpoints
from unitledger.engine.resync import resync

ROOT = Path(__file__).resolve().parents[2]
PLACES = (*crashpoints.POINTS, crashpoints.TOKEN_REFRESHED)
PASSING_SECONDS = (1, 5, 11, 31, 70, 400, 2_000, 4_000, 90_000)


def syncs(stage: Stage) -> None:
    asked = stage.rng.random() < 0.6
    stage.writes(f"sync{' asked for' if asked else ''}: {stage.syncs(is_asked_by_person=asked)}")


def loses_power(stage: Stage) -> None:
    place, visit = stage.rng.choice(PLACES), stage.rng.randint(1, 3)
    visits = itertools.count(1)

    def reached(name: str) -> None:
        if name == place and next(visits) == visit:
            raise Crashed(name)

    tools = replace(stage.business.tools, reached=reached)
    stage.writes(f"sync: {stage.syncs(tools=tools, owner=stage.next('gone'))}")


def is_stopped(stage: Stage) -> None:
    left = itertools.count(stage.rng.randint(0, 6), -1)
    stage.writes(f"sync, told to stop: {stage.syncs(is_stopping=lambda: next(left) < 0)}")


def has_two_workers(stage: Stage) -> None:
    threads = [
        in_background(lambda owner=owner: stage.syncs(owner=owner))
        for owner in (stage.next("left"), stage.next("right"))
    ]
    for each in threads:
        each.join()
    stage.writes("two workers sync at once")


def falls_asleep(stage: Stage) -> None:
    stage.writes(f"sync: {stage.goes_to_sleep_sending()}")


def wakes_up(stage: Stage) -> None:
    if stage.sleepers:
        stage.writes(f"{len(stage.sleepers)} sleeping senders wake up")
        stage.wakes_sleepers()


def is_killed(stage: Stage) -> None:
    """A process really killed. Nothing of it may arrive later than a network can hold it."""
    place = stage.rng.choice(PLACES)
    faults_end(stage)
    business = stage.business
    ended = subprocess.run(
        [
            sys.executable,
            *("-m", "tests.crash.victim", business.server.url, str(business.organisation_id)),
            *(business.vault_key.decode(), place),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        timeout=120,
        check=False,
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.returncode
    stage.writes(f"a process syncs and {'is killed' if ended.returncode else 'ends'}: {place}")


def time_passes(stage: Stage) -> None:
    seconds = stage.rng.choice(PASSING_SECONDS)
    stage.writes(f"{seconds} seconds pass")
    stage.business.passes(seconds)


def a_fault_begins(stage: Stage) -> None:
    action, how = _fault(stage)
    stage.writes(f"fault: {action} {how}")
    stage.business.fault(action, **how)


def faults_end(stage: Stage) -> None:
    stage.writes("the faults end")
    stage.business.server.run(lambda world: world.faults.clear())


def is_approved(stage: Stage) -> None:
    count = braking.approve(stage.business.organisation_id)
    if count:
        stage.writes(f"a person approves {count} held writes")


def asks_again(stage: Stage) -> None:
    """A person ticks some records and asks for them again."""
    from unitledger.store.models import Document

    rows = Document.objects.filter(operator_id=stage.business.operator_id).order_by("id")
    names = list(rows.values_list("id", "kind", "number"))
    chosen = stage.rng.sample(names, min(len(names), stage.rng.randint(1, 5)))
    stage.writes("asked for again: " + ", ".join(f"{kind} {number}" for _, kind, number in chosen))
    resync(
        stage.business.operator_id,
        [each for each, _, _ in chosen],
        now=stage.business.tools.clock.now(),
    )


def is_disconnected(stage: Stage) -> None:
    from unitledger.store.models import Connection

    connection = Connection.objects.get(organisation_id=stage.business.organisation_id)
    if stage.rng.random() < 0.5:
        told = connecting.disconnect(connection.pk, tools=stage.business.tools)
        stage.writes(f"disconnected; Xero {'was told' if told else 'could not be told'}")
    else:
        stage.business.server.run(_withdraw_everything)
        stage.writes("the consent is withdrawn in Xero")


def is_reconnected(stage: Stage) -> None:
    """A new consent for the same organisation, where it is needed."""
    from unitledger.store.models import Connection

    connection = Connection.objects.get(organisation_id=stage.business.organisation_id)
    if connection.state in ("lost", "disconnected"):
        try:
            reconnect(stage)
        except IdentityUnavailable as unavailable:
            stage.writes(f"reconnecting did not work: {unavailable}")
        else:
            stage.writes(f"reconnected; it was {connection.state}")


def reconnect(stage: Stage) -> None:
    from unitledger.core.exchange import TokenPair
    from unitledger.engine.access import store_tokens
    from unitledger.store.models import Consent, XeroApp

    business = stage.business
    answer = httpx2.post(
        f"{business.server.url}/_fauxero/token",
        json={"scopes": list(SCOPES), "organisation": business.xero_id},
    )
    given = answer.raise_for_status().json()
    app = XeroApp.objects.get(operator_id=business.operator_id)
    now = business.tools.clock.now()
    consent = Consent(operator_id=business.operator_id, app=app, granted_at=now)
    pair = TokenPair(
        access_token=given["access_token"],
        refresh_token=given["refresh_token"],
        expires_at=now + timedelta(minutes=30),
        scopes=tuple(SCOPES),
    )
    store_tokens(consent, pair, vault=business.tools.vault, now=now)
    consent.save()
    connecting.connect_organisation(
        consent.pk, xero_id=business.xero_id, start_on=START_ON, tools=business.tools
    )


ACTS: tuple[tuple[int, Callable[[Stage], None]], ...] = (
    (16, syncs),
    (6, loses_power),
    (2, is_stopped),
    (3, has_two_workers),
    (2, falls_asleep),
    (3, wakes_up),
    (10, time_passes),
    (14, a_fault_begins),
    (4, faults_end),
    (2, is_approved),
    (3, asks_again),
    (1, is_disconnected),
)
KILLING = (1, is_killed)

# Each with what is drawn for it; `seconds` as the worst of what is known of networks.
_FAULTS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (3, "cut_before_commit", {}),
    (4, "cut_after_commit", {}),
    (2, "cut_mid_answer", {}),
    (5, "commit_late", {"seconds": (1, 20, 61, 300, 1_200)}),
    (3, "lag_lists", {"seconds": (5, 30, 120)}),
    (2, "error_before_commit", {"status": (500, 502, 503)}),
    (3, "error_after_commit", {"status": (500, 502, 503)}),
    (3, "rate_limit", {"problem": ("minute", "concurrent", "appminute", "day"), "seconds": (7,)}),
    (2, "refuse_request", {"error": (10, 14, 404)}),
    (1, "organisation_offline", {}),
)
_READS_TOO = frozenset({"cut_before_commit", "error_before_commit", "rate_limit"})


def _fault(stage: Stage) -> tuple[str, dict[str, Any]]:
    weights = [weight for weight, _, _ in _FAULTS]
    _, action, choices = stage.rng.choices(_FAULTS, weights)[0]
    how: dict[str, Any] = {name: stage.rng.choice(values) for name, values in choices.items()}
    if action == "organisation_offline":
        return action, how
    if action == "lag_lists":
        return action, {**how, "method": "GET"}
    where = stage.rng.random()
    if action in _READS_TOO and where < 0.3:
        how["method"] = "GET"
    elif action in _READS_TOO - {"rate_limit"} and where < 0.4:
        how |= {"method": "POST", "path": "connect/token"}
    else:
        how |= {"method": stage.rng.choice(("PUT", "POST")), "path": "api.xro"}
    how["nth"] = stage.rng.choice((1, 1, 2, 3))
    how["count"] = stage.rng.choice((1, 1, 2, 4))
    if stage.rng.random() < 0.3:
        how |= {"probability": 0.5, "count": None, "seed": str(stage.rng.random())}
    return action, how


def _withdraw_everything(world: Any) -> None:
    register = world.identity
    for link in list(register.connections):
        register.disconnect(link.id)
    for each in list(register.refresh_tokens):
        register.refresh_tokens.drop(each.token)
