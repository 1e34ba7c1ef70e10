from __future__ import annotations

from uipath_odata.generate.decide.enum_aliases import EnumAlias, enum_aliases
from uipath_odata.generate.read.load_schema import orchestrator
from uipath_odata.generate.write.enum_module import enum_module


def test_equal_enums_share_one_alias():
    found = enum_aliases(
        {"JobDtoState": ("A", "B"), "WrappedJobDtoState": ("A", "B"), "Kind": ("B", "A")}, ()
    )
    assert found["JobDtoState"] is found["WrappedJobDtoState"]
    assert found["Kind"] == EnumAlias("Kind", ("B", "A"))


def test_different_enums_never_share_a_name_nor_take_one_of_a_class():
    found = enum_aliases({"Job`1State": ("A",), "JobDtoState": ("B",), "Robot": ("C",)}, {"Robot"})
    assert sorted(alias.name for alias in found.values()) == ["JobState", "JobState2", "Robot2"]


def test_a_long_enum_is_written_one_member_a_line():
    text = enum_module(
        [EnumAlias("Long", tuple(f"Member{n}" for n in range(20))), EnumAlias("Short", ("A",))]
    )
    assert 'Short: TypeAlias = Literal["A"]\n' in text
    assert 'Long: TypeAlias = Literal[\n    "Member0",\n' in text


def test_orchestrator_has_each_set_of_members_once():
    document = orchestrator()
    unique = set(enum_aliases(document.enums, ()).values())
    assert len({alias.members for alias in unique}) == len(unique) == len(set(document.enums.values()))
