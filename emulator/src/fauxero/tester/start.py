"""How a world begins for each test, and the quick way back to that beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fauxero.clock import Clock
from fauxero.faults import Faults
from fauxero.request_log import RequestLog
from fauxero.scenarios import Scenario, play
from fauxero.settings import Settings
from fauxero.world import Snapshot, World

DEFAULT_START_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Start:
    """A world's beginning: organisations or a scenario, the time, and whether time passes.

    With `speed` 0 the clock stands still until it is moved.
    """

    organisations: Sequence[Mapping[str, Any]] = ({"template": "uk"},)
    scenario: Scenario | None = None
    at: datetime = DEFAULT_START_AT
    speed: float = 0.0
    settings: Settings = field(default_factory=Settings)

    def open(self) -> Opened:
        """Make a world; raises ScenarioError where the scenario cannot be played."""
        at = self.scenario.start_at if self.scenario and self.scenario.start_at else self.at
        world = World(clock=Clock(start_at=at, speed=0.0), settings=self.settings)
        if self.scenario is None:
            world.open(self.organisations)
        else:
            play(self.scenario, world)
        world.clock.set(at, speed=self.speed)
        return Opened(world, self, at, world.snapshot())


@dataclass(frozen=True, slots=True)
class Opened:
    """A world, with all that is needed to bring it back to its beginning."""

    world: World
    start: Start
    at: datetime
    beginning: Snapshot

    def rewind(self) -> None:
        """Bring the world back, ids and clock too. Costs milliseconds: rows are shared."""
        world = self.world
        world.faults, world.log = Faults(), RequestLog()
        world.late.clear()
        world.snapshots.clear()
        world.failures = 0
        world.settings = self.start.settings
        world.webhooks.attempts.clear()
        world.webhooks.notices.clear()
        world.clock.set(self.at, speed=self.start.speed)
        world.restore(self.beginning)
        for host in world.organisations.values():
            host.past.clear()
        # Nothing that got an id since is there any more, so that ids may come again.
        world.ids.drawn = self.beginning.ids_drawn
        if self.start.scenario is not None:
            for fault in self.start.scenario.faults:
                world.faults.add(**fault)
