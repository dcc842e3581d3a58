"""The request log as a page: every call, and why the refused ones were refused."""

from __future__ import annotations

from fauxero.http.exchange import Answer
from fauxero.pages.visit import Visit

SHOWN_MAX = 200


def log(visit: Visit) -> Answer:
    only_refused = visit.request.query.get("refused") == "1"
    found = list(visit.world.log.entries(refused_only=only_refused))
    names = {key: host.name for key, host in visit.world.organisations.items()}
    return visit.show(
        "log.html",
        entries=found[-SHOWN_MAX:][::-1],
        total=len(found),
        only_refused=only_refused,
        names=names,
        faults=visit.world.faults.listed(),
    )
