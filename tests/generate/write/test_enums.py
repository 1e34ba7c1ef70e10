from __future__ import annotations

from uipath_odata.generate.read.facts import orchestrator
from uipath_odata.generate.write.enums import Alias, aliases, enum_module


def test_equal_enums_share_one_alias():
    found = aliases({"JobDtoState": ("A", "B"), "WrappedJobDtoState": ("A", "B"), "Kind": ("B", "A")}, ())
    assert found["JobDtoState"] is found["WrappedJobDtoState"]
    assert found["Kind"] == Alias("Kind", ("B", "A"))


def test_different_enums_never_share_a_name_nor_take_one_of_a_class():
    found = aliases({"Job`1State": ("A",), "JobDtoState": ("B",), "Robot": ("C",)}, {"Robot"})
    assert sorted(alias.name for alias in found.values()) == ["JobState", "JobState2", "Robot2"]


def test_a_long_enum_is_written_one_member_a_line():
    text = enum_module([Alias("Long", tuple(f"Member{n}" for n in range(20))), Alias("Short", ("A",))])
    assert 'Short: TypeAlias = Literal["A"]\n' in text
    assert 'Long: TypeAlias = Literal[\n    "Member0",\n' in text


def test_orchestrator_has_each_set_of_members_once():
    document = orchestrator()
    unique = set(aliases(document.enums, ()).values())
    assert len({alias.members for alias in unique}) == len(unique) == len(set(document.enums.values()))
