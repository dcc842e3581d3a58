"""Every text colour is readable on the grounds it stands on, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import unitledger.web

SHEET = Path(unitledger.web.__file__).parent / "static/unitledger/unitledger.css"
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall(SHEET.read_text())}
TEXT, EDGE = 4.5, 3.0

PAIRS = [
    *((text, ground, TEXT) for text in ("ink", "ink-2", "ink-3") for ground in ("card", "sunk")),
    *((text, "card", TEXT) for text in ("accent", "ok", "wait", "warn", "bad", "drift", "mute")),
    *((text, f"{text}-soft", TEXT) for text in ("ok", "wait", "warn", "bad", "drift")),
    *((text, "sel", TEXT) for text in ("ink", "ink-2", "warn", "bad")),
    ("on-accent", "accent", TEXT),
    ("line-strong", "card", EDGE),
    ("line-strong", "paper", EDGE),
]


@pytest.mark.parametrize("theme", (0, 1), ids=("light", "dark"))
@pytest.mark.parametrize("text, ground, least", PAIRS)
def test_contrast_is_enough(text: str, ground: str, least: float, theme: int) -> None:
    assert _contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= least


def _contrast(one: str, other: str) -> float:
    """The WCAG formula."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (_linear(part) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
