from __future__ import annotations

import attrs
import pytest

from uipath_odata import Settings
from uipath_odata.doctor import Finding, examine, settings_of
from uipath_odata.doctor.findings import findings
from uipath_odata.doctor.probes import ProbeAnswer, probes
from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import Status
from uipath_odata.errors import Forbidden

SAMPLE = [
    {
        "TimeStamp": f"2024-05-14T13:49:{second:02d}.8742927Z",
        "Id": 0,
        "RobotName": "a",
        "RawMessage": f'{{"fingerprint":"{second}"}}',
    }
    for second in range(9, -1, -1)
]


def verdict(found, start):
    (one,) = [finding for finding in found if finding.assumption.startswith(start)]
    return one.verdict


def in_time(*stamps):
    return {"ascending": ProbeAnswer([{"TimeStamp": f"2024-05-14T13:49:00.{stamp}Z"} for stamp in stamps])}


async def test_the_emulator_is_as_this_package_assumes():
    async with Emulator() as emulator, emulator.client() as orchestrator:
        found = await examine(orchestrator)
        assert sum(emulator.requests.values()) <= 30
    refuted = {finding.assumption for finding in found if finding.verdict != "confirmed"}
    # It holds logs that are the same in every byte, and lets a page end at 10,000.
    assert refuted == {
        "RawMessage holds a fingerprint of its own for every log",
        "RobotLogs accept $skip + $top up to 9,999",
        # It reads names as they are written; the other two nobody can ask about.
        "Assets answer Name eq with names that contain it: other rows are dropped",
        "Lists of Jobs and QueueItems take 100 requests a minute",
        "Logs arrive within 5 minutes",
    }
    assert settings_of(found) == Settings(window=10_000, upper_bound=True, queue_items_page=100)


def test_limits_that_are_lower_or_higher_become_settings():
    answers = {
        "large page": ProbeAnswer(),
        "long in": ProbeAnswer(refusal="too long"),
        "long or": ProbeAnswer(refusal="too long"),
    }
    found = findings(SAMPLE, answers)
    assert settings_of(found) == Settings(queue_items_page=1_000, in_values=10, equalities=10)
    assert verdict(found, "One request takes 50 values") == "refuted"
    assert verdict(findings(SAMPLE, {}), "QueueItems come 100 a page") == "unknown"
    assert settings_of(findings(SAMPLE, {})) == Settings()


@pytest.mark.parametrize(
    ("names", "said"), [(["E"], "unknown"), ([], "unknown"), (["e", "Secret"], "confirmed")]
)
def test_assets_of_other_names_show_that_names_are_read_widely(names, said):
    answers = {"asset names": ProbeAnswer([{"Name": name} for name in names])}
    assert verdict(findings(SAMPLE, answers), "Assets answer Name eq") == said


def test_every_setting_that_is_an_assumption_has_a_line():
    """The others are choices."""
    choices = {"read_only", "require_folder", "concurrency", "share", "even", "private_storage", "cursor_key"}
    spoken = {
        "enum_order": "Level ge takes",
        "window": "RobotLogs accept $skip",
        "tie_unit": "RobotLogs are sorted",
        "upper_bound": "TimeStamp lt is honoured",
        "settle_lag": "Logs arrive within",
        "in_values": "One request takes 50",
        "in_characters": "One request takes 50",
        "equalities": "One request takes 15",
        "requests_a_minute": "Lists of Jobs and QueueItems take",
        "queue_items_page": "QueueItems come",
    }
    assert {field.name for field in attrs.fields(Settings)} - choices == {*spoken}
    assert all(verdict(findings(SAMPLE, {}), start) for start in spoken.values())


async def test_the_edge_of_the_window_is_found_where_it_is():
    async with Emulator(seed=None, window=10_000) as emulator, emulator.client() as orchestrator:
        assert settings_of(await examine(orchestrator)).window in {9_999, 10_000}
    async with Emulator(seed=None, window=None) as emulator, emulator.client() as orchestrator:
        assert settings_of(await examine(orchestrator)).window == 2**31 - 1


async def test_an_account_that_may_not_read_assets_is_examined_all_the_same():
    async with Emulator(seed=None) as emulator, emulator.client() as orchestrator:
        emulator.fail("Assets.list", Status(403), times=None)
        assert verdict(await examine(orchestrator), "Assets answer Name eq") == "unknown"
        emulator.fail("Jobs.list", Status(403), times=None)
        with pytest.raises(Forbidden):
            await examine(orchestrator)


async def test_a_tenant_without_logs_leaves_what_is_about_logs_unknown():
    async with Emulator(seed=None) as emulator, emulator.client() as orchestrator:
        found = await examine(orchestrator)
    assert verdict(found, "RobotLogs have no key") == "unknown"
    assert verdict(found, "RobotName eq") == "unknown"
    assert verdict(found, "GetTotalCount") == "unknown"


@pytest.mark.parametrize(
    ("stamps", "said", "unit"),
    [
        (("0010000", "0010001", "0020000"), "confirmed", 10_000),
        (("0010009", "0010001", "0020000"), "confirmed", 10_000),
        (("0030000", "0010000", "0110000"), "refuted", 100_000),
        (("9000000", "1000000"), "refuted", 10_000_000),
        (("1000000",), "unknown", 10_000),
    ],
)
def test_the_order_of_rows_says_how_coarse_the_sort_key_is(stamps, said, unit):
    found = findings(SAMPLE, in_time(*stamps))
    assert verdict(found, "RobotLogs are sorted") == said
    assert settings_of(found).tie_unit == unit


def test_rows_in_no_order_at_all_leave_the_tie_unit_alone():
    rows = [{"TimeStamp": "2024-05-14T13:49:09Z"}, {"TimeStamp": "2024-05-14T13:49:01Z"}]
    found = findings(SAMPLE, {"ascending": ProbeAnswer(rows)})
    assert verdict(found, "RobotLogs are sorted") == "refuted"
    assert settings_of(found) == Settings()


def test_levels_go_by_name_where_numbers_are_refused():
    answers = {"level number": ProbeAnswer(refusal="no"), "level name": ProbeAnswer([{"Level": "Fatal"}])}
    assert settings_of(findings(SAMPLE, answers)).enum_order == "name"


def test_a_filter_that_is_ignored_is_not_taken_for_honoured():
    answers = {
        "RobotName eq": ProbeAnswer([{"RobotName": "a"}, {"RobotName": "b"}]),
        "TimeStamp lt": ProbeAnswer([{}]),
        "nothing before": ProbeAnswer([{}]),
        "no total before": ProbeAnswer(count=5),
        "total before": ProbeAnswer(count=5),
        "total": ProbeAnswer(count=5),
        "no total": ProbeAnswer(count=5),
        "level number": ProbeAnswer([{"Level": "Info"}]),
        "jobs by id": ProbeAnswer([{"Id": 2}, {"Id": 1}]),
    }
    found = findings(SAMPLE, answers)
    for start in ("RobotName eq is", "TimeStamp lt", "GetTotalCount", "Jobs can be read"):
        assert verdict(found, start) == "refuted", start
    assert verdict(found, "Level ge") == "unknown"
    assert settings_of(found).upper_bound is False


@pytest.mark.parametrize(
    ("rows", "none", "some", "said", "setting"),
    [
        (ProbeAnswer(), ProbeAnswer(count=0), ProbeAnswer(count=7), "confirmed", True),
        (ProbeAnswer([{}]), ProbeAnswer(count=0), ProbeAnswer(count=7), "refuted", False),
        (ProbeAnswer(), ProbeAnswer(count=9), ProbeAnswer(count=9), "refuted", False),
        (ProbeAnswer(), ProbeAnswer(count=0), ProbeAnswer(refusal="no"), "refuted", False),
        (ProbeAnswer(), ProbeAnswer(count=0), ProbeAnswer(count=0), "unknown", None),
    ],
)
def test_an_upper_bound_must_empty_lists_and_counts_and_not_all_of_them(rows, none, some, said, setting):
    """R82."""
    answers = {
        "TimeStamp lt": ProbeAnswer([{}]),
        "nothing before": rows,
        "no total before": none,
        "total before": some,
    }
    found = findings(SAMPLE, answers)
    assert verdict(found, "TimeStamp lt") == said
    assert settings_of(found).upper_bound is setting


def test_ids_and_fingerprints_are_read_from_the_rows_themselves():
    assert verdict(findings(SAMPLE, {}), "RobotLogs have no key") == "confirmed"
    assert verdict(findings(SAMPLE, {}), "RawMessage") == "confirmed"
    keyed = [{**row, "Id": place, "RawMessage": "{"} for place, row in enumerate(SAMPLE)]
    assert verdict(findings(keyed, {}), "RobotLogs have no key") == "refuted"
    assert verdict(findings(keyed, {}), "RawMessage") == "refuted"


def test_values_in_questions_are_literals_and_not_text():
    asked = probes([{"TimeStamp": "2024-05-14T13:49:09Z", "RobotName": "O'Brien' or 1 eq 1"}])
    assert asked["RobotName eq"].options["$filter"] == "RobotName eq 'O''Brien'' or 1 eq 1'"


def test_settings_follow_only_from_what_was_found():
    assert settings_of(
        [Finding("a", "confirmed", "b"), Finding("a", "refuted", "b", {"tie_unit": 7})]
    ) == Settings(tie_unit=7)
