from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import Status
from uipath_odata.entities import BusinessRule
from uipath_odata.errors import NotFound, OutcomeUnknown, QueryError


@pytest.fixture
def rules(orchestrator):
    return orchestrator.folder("Shared").business_rules


async def versions(rules, rule):
    return [(row.version_number, row.is_active) async for row in rules.get_version_list(rule.id)]


async def test_a_rule_is_made_with_its_file_and_each_further_file_is_a_version(rules, tmp_path):
    file = tmp_path / "discount.dmn"
    file.write_bytes(b"first")
    rule = await rules.create(BusinessRule(name="Discount"), file)
    assert (rule.name, await rules.count()) == ("Discount", 1)
    await rules.replace(rule.id, BusinessRule(name="Rebate"), file=b"second")
    assert (await rules.get(rule.id)).name == "Rebate"
    assert await versions(rules, rule) == [("1", False), ("2", True)]


async def test_a_rule_is_renamed_without_a_file(rules):
    rule = await rules.create({"Name": "Discount"}, b"first")
    rule.description = "of 5 %"
    await rules.replace(rule.id, rule)
    assert (await rules.get(rule.id)).description == "of 5 %"
    assert await versions(rules, rule) == [("1", True)]


async def test_a_rule_that_was_read_in_part_replaces_nothing(rules):
    await rules.create({"Name": "Discount"}, b"first")
    part = await rules.select(BusinessRule.id, BusinessRule.name).one()
    with pytest.raises(QueryError, match="read under a select"):
        await rules.replace(part.id, part)


async def test_a_rule_that_is_not_there_is_not_replaced(rules):
    with pytest.raises(NotFound):
        await rules.replace("e49c0012-ee01-45e4-884c-0ce1f2aa6fbb", {"Name": "Discount"})


async def test_r60_a_version_whose_answer_is_lost_is_not_made_twice(rules, emulator):
    rule = await rules.create({"Name": "Discount"}, b"first")
    emulator.fail("BusinessRules.*", Status(503))
    with pytest.raises(OutcomeUnknown):
        await rules.replace(rule.id, rule, file=b"second")
    await rules.replace(rule.id, rule)
