"""What fauxero covers of Xero, and on what evidence: `python -m fauxero.coverage`."""

from __future__ import annotations

from fauxero.coverage.facts import FACTS, Evidence, Fact
from fauxero.coverage.page import endpoints, left_out, page

__all__ = ["FACTS", "Evidence", "Fact", "endpoints", "left_out", "page"]
