"""Profiles: every setting is known or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from unitledger.core.refusals import SourceRefused
from unitledger.sources.files import load_profile

EXAMPLES = Path(__file__).parents[3] / "examples"
SMALL = """
name = "Small"
source = "desk"
[file]
dates = ["%Y-%m-%d"]
zone = "Europe/London"
[tenant]
key = { type = "number", column = "No" }
number = "No"
name = "Name"
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceRefused) as caught:
        load_profile(path)
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(each.name for each in EXAMPLES.glob("*.toml")))
def test_every_example_is_a_profile(name: str) -> None:
    assert load_profile(EXAMPLES / name).columns()


def test_an_unknown_setting_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    message = refused(tmp_path, SMALL.replace('name = "Name"', 'nmae = "Name"'))
    assert "tenant.nmae is not a setting (did you mean “name”?)" in message
    assert "tenant.name is missing" in message


def test_a_setting_unknown_at_the_top_is_named_too(tmp_path: Path) -> None:
    assert "tenants is not a setting" in refused(tmp_path, SMALL.replace("[tenant]", "[tenants]"))


def test_a_field_comes_from_one_thing_only(tmp_path: Path) -> None:
    text = SMALL.replace('name = "Name"', 'name = { column = "Name", constant = "x" }')
    assert "give one of column, text, constant" in refused(tmp_path, text)


def test_a_date_form_without_a_year_is_refused(tmp_path: Path) -> None:
    assert "%d/%m lacks" in refused(tmp_path, SMALL.replace("%Y-%m-%d", "%d/%m"))


def test_a_zone_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    message = refused(tmp_path, SMALL.replace("Europe/London", "Europe/Londn"))
    assert "did you mean “Europe/London”?" in message


def test_a_constant_currency_must_exist(tmp_path: Path) -> None:
    text = (EXAMPLES / "ar-ledger.toml").read_text(encoding="utf-8")
    assert "GPB is not the code of a currency" in refused(tmp_path, text.replace("GBP", "GPB"))


def test_a_profile_that_makes_nothing_is_refused(tmp_path: Path) -> None:
    assert "it makes nothing" in refused(tmp_path, SMALL.split("[tenant]")[0])


def test_an_invoice_without_a_place_is_refused(tmp_path: Path) -> None:
    text = (EXAMPLES / "ar-ledger.toml").read_text(encoding="utf-8")
    head, rest = text.split("[place]")
    assert "give it a [place]" in refused(tmp_path, head + "[tenant]" + rest.split("[tenant]")[1])


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    assert "it is not TOML" in refused(tmp_path, "name = ")


def test_a_format_that_is_not_read_is_refused_by_name(tmp_path: Path) -> None:
    text = SMALL.replace("[file]", '[file]\nformat = "ods"')
    assert "file.format" in refused(tmp_path, text)
