"""Reading as one operator: the pages' name for `engine.scope`."""

from __future__ import annotations

from unitledger.engine.scope import locations_of_asker, operator_scope

__all__ = ["locations_of_asker", "operator_scope"]
