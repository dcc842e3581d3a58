"""What a test holds in its hand: a started fauxero, its log with assertions, quick rewinding."""

from __future__ import annotations

from fauxero.tester.calls import Calls
from fauxero.tester.kit import Fauxero, InProcess, Served
from fauxero.tester.start import Start

__all__ = ["Calls", "Fauxero", "InProcess", "Served", "Start"]
