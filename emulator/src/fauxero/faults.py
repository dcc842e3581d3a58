"""Faults on demand: what a network, a busy server or a person's bad day does to a request.

A rule says which requests it strikes and how. The rules are asked once a request, when it
arrives; each one that strikes gives a Fault, and the server carries them out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from fauxero.http.exchange import Request

CUT_BEFORE = "cut_before_commit"
CUT_AFTER = "cut_after_commit"
CUT_ANSWER = "cut_mid_answer"
COMMIT_LATE = "commit_late"
LAG_LISTS = "lag_lists"
ERROR_BEFORE = "error_before_commit"
ERROR_AFTER = "error_after_commit"
RATE_LIMIT = "rate_limit"
DELAY = "delay"
DELAY_ANSWER = "delay_answer"
REFUSE = "refuse_request"
OFFLINE = "organisation_offline"

# What each action does, as shown by GET /_fauxero/faults.
ACTIONS: Mapping[str, str] = {
    CUT_BEFORE: "close the connection; the request is never processed",
    CUT_AFTER: "process the request, then close the connection without an answer",
    CUT_ANSWER: "process the request, send half of the answer's body, then close",
    COMMIT_LATE: "close the connection now; process the request `seconds` later",
    LAG_LISTS: "answer lists from the books as they were `seconds` ago",
    ERROR_BEFORE: "answer `status` (500, 502 or 503); nothing is processed",
    ERROR_AFTER: "process the request, then answer `status` (500, 502 or 503)",
    RATE_LIMIT: "answer 429 for `problem`: minute, day, concurrent or appminute",
    DELAY: "wait `seconds` before processing",
    DELAY_ANSWER: "process at once, answer `seconds` later",
    REFUSE: "refuse the whole request with `error` 10, 14 or 404; nothing is saved",
    OFFLINE: "answer 503 with the text for an organisation that is offline",
}

# These describe a state of affairs rather than one event, so they last until cleared.
_LASTING = frozenset({LAG_LISTS, OFFLINE})
_STATUSES = frozenset({500, 502, 503})
_PROBLEMS = frozenset({"minute", "day", "concurrent", "appminute"})
_ERRORS = frozenset({10, 14, 404})


class BadFault(ValueError):
    """A rule that makes no sense; the message says which field and what it may be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One strike of one rule on one request."""

    rule_id: str
    action: str
    seconds: float = 0.0
    status: int = 500
    problem: str = "minute"
    error: int = 14
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which requests are struck and how.

    `method` and `path` narrow (path: any part, case ignored), as do `organisation` and
    `body_contains`. `nth` 3 skips the first two that match. `count` ends the rule after so many
    strikes; None means never. `probability` is drawn from `seed`.
    """

    id: str
    action: str
    method: str | None = None
    path: str | None = None
    organisation: str | None = None
    body_contains: str | None = None
    nth: int = 1
    count: int | None = 1
    probability: float = 1.0
    seed: str = ""
    seconds: float = 0.0
    status: int = 500
    problem: str = "minute"
    error: int = 14
    message: str | None = None

    def matches(self, request: Request) -> bool:
        if self.method is not None and self.method.upper() != request.method:
            return False
        if self.path is not None and self.path.lower() not in request.path.lower():
            return False
        if self.organisation not in (None, request.header("xero-tenant-id")):
            return False
        # An action on list reads only; a write in between must not use its strikes up.
        if self.action == LAG_LISTS and request.method != "GET":
            return False
        return self.body_contains is None or self.body_contains.encode() in request.body

    def fault(self) -> Fault:
        return Fault(
            rule_id=self.id,
            action=self.action,
            seconds=self.seconds,
            status=self.status,
            problem=self.problem,
            error=self.error,
            message=self.message,
        )


class Faults:
    """The rules in force, in the order they were added."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}
        self._matched: dict[str, int] = {}
        self._struck: dict[str, int] = {}
        self._random: dict[str, random.Random] = {}
        self._number = 0

    def add(self, action: str, **how: Any) -> Rule:
        """Put a rule in force. Raises BadFault when it makes no sense."""
        rule = _checked(action, how, f"fault-{self._number + 1}")
        self._number += 1
        self._rules[rule.id] = rule
        self._matched[rule.id] = self._struck[rule.id] = 0
        self._random[rule.id] = random.Random(f"{rule.seed}/{rule.action}")
        return rule

    def remove(self, rule_id: str) -> bool:
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        self._rules.clear()

    def listed(self) -> list[dict[str, Any]]:
        return [
            {field.name: getattr(rule, field.name) for field in fields(rule)}
            | {"matched": self._matched[rule.id], "struck": self._struck[rule.id]}
            for rule in self._rules.values()
        ]

    @property
    def lag_seconds(self) -> float:
        """The longest that any list may lag behind; 0 when none does."""
        lags = [rule.seconds for rule in self._rules.values() if rule.action == LAG_LISTS]
        return max(lags, default=0.0)

    def strike(self, request: Request) -> tuple[Fault, ...]:
        """Return the faults of this request and count them."""
        if not self._rules:
            return ()
        return tuple(rule.fault() for rule in self._rules.values() if self._strikes(rule, request))

    def _strikes(self, rule: Rule, request: Request) -> bool:
        if rule.count is not None and self._struck[rule.id] >= rule.count:
            return False
        if not rule.matches(request):
            return False
        self._matched[rule.id] += 1
        if self._matched[rule.id] < rule.nth:
            return False
        if rule.probability < 1 and self._random[rule.id].random() >= rule.probability:
            return False
        self._struck[rule.id] += 1
        return True


SECONDS_MAX = 100 * 366 * 24 * 3600

RULE_FIELDS = tuple(
    sorted(field.name for field in fields(Rule) if field.name not in ("id", "action"))
)


def _checked(action: str, how: dict[str, Any], rule_id: str) -> Rule:
    if action not in ACTIONS:
        raise BadFault(f"action: {action!r} is none of {', '.join(ACTIONS)}")
    unknown = set(how) - set(RULE_FIELDS)
    if unknown:
        raise BadFault(f"{sorted(unknown)[0]}: unknown; a rule has {', '.join(RULE_FIELDS)}")
    how.setdefault("count", None if action in _LASTING else 1)
    for name, value in how.items():
        _check_type(name, value)
    rule = Rule(id=rule_id, action=action, **how)
    _check_values(rule)
    return rule


_NUMBERS = frozenset({"seconds", "probability"})
_WHOLE = frozenset({"nth", "count", "status", "error"})
_MAY_BE_NULL = frozenset({"count", "method", "path", "organisation", "body_contains", "message"})


def _check_type(name: str, value: Any) -> None:
    if value is None and name in _MAY_BE_NULL:
        return
    if name in _NUMBERS or name in _WHOLE:
        kinds = (int,) if name in _WHOLE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise BadFault(f"{name}: a {'whole ' if name in _WHOLE else ''}number is needed")
        if not isinstance(value, int) and not math.isfinite(value):
            raise BadFault(f"{name}: a finite number is needed")
    elif not isinstance(value, str):
        raise BadFault(f"{name}: a text is needed")
    elif not value.isascii() and value != value.encode(errors="replace").decode():
        raise BadFault(f"{name}: holds half a character")


def _check_values(rule: Rule) -> None:
    for name, allowed in (("status", _STATUSES), ("problem", _PROBLEMS), ("error", _ERRORS)):
        if getattr(rule, name) not in allowed:
            raise BadFault(f"{name}: may be {', '.join(map(str, sorted(allowed, key=str)))}")
    if rule.seconds < 0:
        raise BadFault("seconds: may not be negative")
    if rule.seconds > SECONDS_MAX:
        raise BadFault(f"seconds: at most {SECONDS_MAX:,}, which is a hundred years")
    if rule.nth < 1 or (rule.count is not None and rule.count < 1):
        raise BadFault("nth and count: start at 1")
    if not 0 <= rule.probability <= 1:
        raise BadFault("probability: from 0 to 1")


def first(faults: tuple[Fault, ...], *actions: str) -> Fault | None:
    """Return the first fault that is one of `actions`."""
    return next((fault for fault in faults if fault.action in actions), None)


def seconds(faults: tuple[Fault, ...], action: str) -> float:
    """Add up the seconds of every fault that is this action."""
    return sum(fault.seconds for fault in faults if fault.action == action)
