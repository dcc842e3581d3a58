"""Tenants as contacts."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core import samples
from unitledger.core.billing import Tenant
from unitledger.core.documents import WantedContact
from unitledger.core.problems import ProblemCode
from unitledger.core.translate import Translation, translate_tenant
from unitledger.core.wording import name_key


def translated(tenant: Tenant, *taken: str) -> Translation[WantedContact]:
    names = {name_key(name) for name in taken}
    return translate_tenant(tenant, mapping=samples.mapping(), taken_names=names)


def test_a_tenant_becomes_a_contact_found_by_the_tenant_s_key() -> None:
    assert translated(samples.tenant()).wanted == WantedContact(
        contact_number="fern-T7-6f83", account_number="T7", name="Ada Smith"
    )


def test_a_name_is_cleaned_to_xero_s_rules_and_the_change_is_stated() -> None:
    result = translated(samples.tenant(name="  Ada\t Smith  <Ltd> "))
    assert result.wanted is not None
    assert result.wanted.name == "Ada Smith (Ltd)"
    assert result.notes == ("The name is written 'Ada Smith (Ltd)', as Xero requires.",)


def test_a_formula_in_a_name_stays_a_name() -> None:
    result = translated(samples.tenant(name="=SUM(A1:A9)"))
    assert result.wanted is not None
    assert result.wanted.name == "=SUM(A1:A9)"


def test_a_second_tenant_of_a_name_gets_the_tenant_s_number_whatever_the_case() -> None:
    result = translated(samples.tenant(name="ADA SMITH"), "Ada Smith")
    assert result.wanted is not None
    assert result.wanted.name == "ADA SMITH (T7)"
    assert "number is added" in result.notes[0]


def test_a_name_taken_even_with_the_number_is_for_a_person() -> None:
    result = translated(samples.tenant(), "Ada Smith", "Ada Smith (T7)")
    assert result.wanted is None
    assert [each.code for each in result.problems] == [ProblemCode.NAME_TAKEN]


def test_a_tenant_without_a_name_is_for_a_person() -> None:
    result = translated(samples.tenant(name=" \x00 "))
    assert [each.code for each in result.problems] == [ProblemCode.NAME_UNFIT]


@given(name=st.text(max_size=400), is_taken=st.booleans())
def test_any_name_that_is_sent_is_one_that_xero_accepts(name: str, is_taken: bool) -> None:
    result = translated(samples.tenant(name=name), *([name] if is_taken else []))
    if result.wanted is None:
        return
    sent = result.wanted.name
    assert 0 < len(sent) <= 255
    assert sent == sent.strip()
    assert "  " not in sent
    assert not re.search(r"[<>\x00-\x1f]", sent)
