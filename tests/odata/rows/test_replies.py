"""The replies that Orchestrator's API guide prints, as they stand there, become entities."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest

from uipath_odata import Instant
from uipath_odata.entities import License, Robot, RobotLog, Session
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.json_body import collection_of, parse

REPLIES = Path(__file__).parent / "replies"


def reply(name):
    return parse((REPLIES / f"{name}.json").read_bytes())


def listed(entity, name):
    rows, count, link = collection_of(reply(name))
    assert link is None
    return decode(entity, rows), count


def test_a_session_under_a_select_has_its_state_alone():
    (session,), count = listed(Session, "sessions_state")
    assert (session, count) == (Session(state="Available"), 1)


def test_sessions_carry_their_expanded_robots():
    sessions, _ = listed(Session, "sessions_robot")
    assert [session.robot.name for session in sessions] == ["DocBot", "mr-Rob"]
    assert sessions[0].robot.username == "UIPATH\\MADALINA.BOBOC"
    assert sessions[0].robot.execution_settings is None
    assert sessions[0].state is None


def test_a_name_of_special_characters_and_short_fractions_are_read():
    sessions, count = listed(Session, "sessions_disconnected")
    assert count == 2
    assert sessions[1].robot.name == "!~#$%^&*()_+=-"
    assert sessions[0].reporting_time == dt.datetime(2018, 1, 15, 18, 47, 7, 930_000, tzinfo=dt.UTC)
    assert sessions[0].reporting_time.tzinfo is dt.UTC
    assert [session.id for session in sessions] == [718, 730]
    assert sessions[0].is_unresponsive is False


def test_a_robot_by_id_has_its_license_key_and_free_settings():
    (robot,) = decode(Robot, [reply("robot_216")])
    assert (robot.id, robot.name, robot.enabled, robot.machine_id) == (216, "Gustavee", True, 15)
    assert robot.license_key == "fc157179-3724-4bb0-acd2-8261bef82d01"
    settings = robot.execution_settings
    assert settings["ResolutionHeight"] == 0
    assert settings["AutoDownloadProcess"] is False


def test_robots_for_a_process_are_read():
    robots, count = listed(Robot, "robots_for_process")
    assert [(robot.id, robot.machine_id) for robot in robots] == [(759, 129), (1684, 1066)]
    assert count == 2


def test_logs_keep_seven_digits_in_the_row_and_their_raw_message_as_it_is():
    rows, count, _ = collection_of(reply("robot_logs_docbot"))
    logs = decode(RobotLog, [*rows])
    assert count == 202
    assert logs[0].time_stamp == dt.datetime(2019, 10, 14, 13, 55, 18, 247_362, tzinfo=dt.UTC)
    assert str(Instant.parse(rows[0]["TimeStamp"])) == "2019-10-14T13:55:18.2473626Z"
    assert logs[0].job_key == UUID("e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")
    assert logs[0].raw_message == rows[0]["RawMessage"]
    assert logs[0].raw_message.startswith('{\r\n  "message": "TestingSequence_DOC execution started",')
    assert "+00:00" in logs[1].raw_message
    assert [log.level for log in logs] == ["Info", "Info"]


def test_a_license_dates_by_epoch_seconds_beside_a_date_time():
    (license_,) = decode(License, [reply("license")])
    assert license_.expire_date == license_.grace_period_end_date == 1_622_678_399
    assert license_.creation_time == dt.datetime(2019, 11, 28, 6, 16, 21, 373_000, tzinfo=dt.UTC)
    assert license_.allowed["Unattended"] == 1
    assert license_.used["StudioX"] == 0
    assert license_.licensed_features == []


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        (Session, "sessions_robot"),
        (Session, "sessions_disconnected"),
        (Robot, "robots_for_process"),
        (RobotLog, "robot_logs_docbot"),
    ],
)
def test_every_property_of_the_reply_that_the_schema_knows_is_there(entity, name):
    rows, _, _ = collection_of(reply(name))
    for row, made in zip(rows, decode(entity, [*rows]), strict=True):
        for attribute, member in properties(entity).items():
            value = getattr(made, attribute)
            assert (value is None) == (row.get(member.wire) is None)
            if isinstance(value, Entity):
                assert value.name == row[member.wire]["Name"]
