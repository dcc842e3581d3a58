"""Scenario files: what an organisation looks like when a test or a rehearsal begins."""

from __future__ import annotations

from fauxero.scenarios.playing import play
from fauxero.scenarios.reading import Scenario, ScenarioError, parse_scenario, read_scenario

__all__ = ["Scenario", "ScenarioError", "parse_scenario", "play", "read_scenario"]
