"""The reference of import profiles names every setting and every rule there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from unitledger.core.refusals import Rule
from unitledger.sources.files import Profile

TEXT = (Path(__file__).parents[2] / "docs/reference/import-profiles.md").read_text()
NAMED = set(re.findall(r"`([a-z_]+)(?:`| =)", TEXT)) | set(re.findall(r"\b([a-z_]+) = ", TEXT))


def settings(model: type[BaseModel]) -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(field.alias or name)
        for inner in models_in(field.annotation):
            found |= settings(inner)
    return found


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for each in getattr(annotation, "__args__", ()) for model in models_in(each)]


@pytest.mark.parametrize("setting", sorted(settings(Profile)))
def test_every_setting_is_in_the_reference(setting: str) -> None:
    assert setting in NAMED or f"[{setting}]" in TEXT or f".{setting}]]" in TEXT


def test_every_rule_is_in_the_reference_and_no_other() -> None:
    table = TEXT.split("## Rules")[1]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = [rule for cell in cells for rule in re.findall(r"`([a-z_]+)`", cell)]
    assert sorted(listed) == sorted(Rule)
