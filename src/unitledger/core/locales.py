"""The locales in which money and days can be written; the words are English in all of them."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "en-GB"
LOCALES: Mapping[str, str] = {
    "en-GB": "United Kingdom",
    "en-IE": "Ireland",
    "en-US": "United States",
    "en-CA": "Canada",
    "en-AU": "Australia",
    "en-NZ": "New Zealand",
}
