from __future__ import annotations

import copy
import datetime as dt
import pickle
import sys
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uipath_odata.entities import (
    Environment,
    Job,
    License,
    Machine,
    Robot,
    RobotLog,
    Session,
    SimpleRobot,
    User,
)
from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Property, Values, entity, prop
from uipath_odata.odata.rows.decode import CONVERTER, decode
from uipath_odata.odata.selected import Selected

PART = Selected(None, {"Id": None}, {})

NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
LOG = {
    "Level": "Info", "WindowsIdentity": "ACME\\robot", "ProcessName": "Payroll", "TimeStamp": "2024-01-31T12:00:00.1234567Z",
    "Message": "done", "JobKey": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb", "RawMessage": "{}", "RobotName": "DocBot",
    "HostMachineName": "VM", "MachineId": 15, "MachineKey": "972a32c3-95d9-4264-ae5d-af589bf4f0b5",
    "RuntimeType": "Unattended", "Id": 0,
}  # fmt: skip
JOB = {
    "Id": 302_140_031, "Key": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb", "State": "Running", "StartTime": "2024-01-31T12:00:00Z",
    "HasMediaRecorded": False, "Robot": {"Id": 5, "Name": "DocBot", "CreationTime": "2024-01-31T12:00:00Z"},
    "Release": {"Id": 7, "Name": "Payroll", "CurrentVersion": {"Id": 9, "CreationTime": "2024-01-31T12:00:00Z"}},
}  # fmt: skip


def one(kind, row, **options):
    (made,) = decode(kind, [row], **options)
    return made


def refused(kind, rows):
    with pytest.raises(DecodeError) as caught:
        decode(kind, rows)
    assert "read the rows as sent with .dicts(), or leave the property out with .select()" in str(
        caught.value
    )
    return caught.value


def test_a_whole_row_and_a_row_of_some_properties_are_read():
    log = one(RobotLog, LOG)
    assert log.time_stamp == dt.datetime(2024, 1, 31, 12, 0, 0, 123_456, tzinfo=dt.UTC)
    assert log.job_key == UUID(LOG["JobKey"])
    assert (log.level, log.machine_id, log.id) == ("Info", 15, 0)
    assert one(RobotLog, {"Level": "Warn"}) == RobotLog(level="Warn")
    assert one(RobotLog, {}) == RobotLog()
    assert decode(RobotLog, []) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31T12:00:00Z", NOON),
        ("2024-01-31T12:00:00", NOON),
        ("2024-01-31T14:30:00+02:30", NOON),
        ("2024-01-31T12:00:00+00:00", NOON),
        ("2024-01-31T12:00:00.9999999Z", NOON.replace(microsecond=999_999)),
        ("0001-01-01T00:00:00", dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
        ("9999-12-31T23:59:59.9999999Z", dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)),
        (None, None),
    ],
)
def test_date_times_are_utc_and_cut_to_microseconds_r26(text, moment):
    made = one(RobotLog, {"TimeStamp": text}).time_stamp
    assert made == moment
    assert made is None or made.tzinfo is dt.UTC


def test_unknown_properties_are_left_out_and_unknown_enum_members_kept_r24():
    job = one(Job, {"Id": 1, "State": "Levitating", "Brand": {"New": 1}, "@odata.etag": 'W/"1"'})
    assert (job.id, job.state) == (1, "Levitating")
    assert not hasattr(job, "brand")


@pytest.mark.parametrize(
    ("sent", "read"),
    [(5, 5), ("5", 5), ("-9223372036854775808", -(2**63)), (2**63 - 1, 2**63 - 1), (None, None)],
)
def test_an_int64_may_be_a_text(sent, read):
    assert one(RobotLog, {"MachineId": sent}).machine_id == read


def test_related_entities_and_collections_are_read():
    job = one(Job, JOB)
    assert type(job.robot) is SimpleRobot
    assert job.robot.name == "DocBot"
    assert job.release.current_version.creation_time == NOON
    user = one(
        User,
        {
            "RolesList": ["Robot", "Admin"],
            "OrganizationUnits": [{"Id": 1}, {"Id": 2}],
            "RobotProvision": None,
        },
    )
    assert user.roles_list == ["Robot", "Admin"]
    assert [unit.id for unit in user.organization_units] == [1, 2]
    assert user.robot_provision is None


def test_entities_that_refer_to_each_other_in_circles_are_read():
    environment = one(Environment, {"robots": [{"Name": "DocBot"}, {"Name": "Stan"}]})
    assert [robot.name for robot in environment.robots] == ["DocBot", "Stan"]
    robot = one(Robot, {"Environments": [{"name": "Test", "robots": [{"Name": "DocBot"}]}]})
    assert robot.environments[0].robots[0].name == "DocBot"


@pytest.mark.parametrize(
    ("kind", "row", "where"),
    [
        (RobotLog, {"TimeStamp": "yesterday"}, ("RobotLog", "TimeStamp")),
        (RobotLog, {"TimeStamp": 5}, ("RobotLog", "TimeStamp")),
        (RobotLog, {"TimeStamp": "0001-01-01T00:00:00+01:00"}, ("RobotLog", "TimeStamp")),
        (RobotLog, {"JobKey": "none"}, ("RobotLog", "JobKey")),
        (RobotLog, {"JobKey": ["x"]}, ("RobotLog", "JobKey")),
        (RobotLog, {"MachineId": 5.0}, ("RobotLog", "MachineId")),
        (RobotLog, {"MachineId": True}, ("RobotLog", "MachineId")),
        (RobotLog, {"MachineId": "5x"}, ("RobotLog", "MachineId")),
        (RobotLog, {"MachineId": {}}, ("RobotLog", "MachineId")),
        (Job, {"Robot": {"Id": "x"}}, ("SimpleRobot", "Id")),
        (Job, {"Release": {"CurrentVersion": {"CreationTime": 0}}}, ("ReleaseVersion", "CreationTime")),
        (Job, {"Robot": "DocBot"}, ("Job", "Robot")),
        (Job, {"Robot": [{"Id": 1}]}, ("Job", "Robot")),
        (User, {"OrganizationUnits": {"Id": 1}}, ("User", "OrganizationUnits")),
        (User, {"OrganizationUnits": [{"Id": 1}, {"Id": "x"}]}, ("OrganizationUnit", "Id")),
        (User, {"OrganizationUnits": [5]}, ("OrganizationUnit", None)),
    ],
)
def test_an_error_names_entity_property_and_row(kind, row, where):
    error = refused(kind, [{}, {}, row])
    assert (error.entity, error.property, error.row) == (*where, 2)
    assert f"row 2: {where[0]}" in str(error)


@pytest.mark.parametrize("row", [None, 5, "x", [], [["Id", 1]]])
def test_a_row_that_is_no_object_is_refused_r23(row):
    error = refused(Job, [{}, row])
    assert (error.entity, error.property, error.row) == ("Job", None, 1)


def test_an_error_does_not_quote_the_data():
    error = refused(RobotLog, [{"JobKey": "s3cret"}])
    assert "s3cret" not in f"{error}{error.__cause__}{pickle.dumps(error)}"
    assert error.__suppress_context__


def test_rows_nested_deeper_than_python_reaches_are_refused_r25():
    row = {}
    for _ in range(sys.getrecursionlimit()):
        row = {"Environments": [{"robots": [row]}]}
    assert "is nested too deep" in str(refused(Robot, [row]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Id", "Name", "Key", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_mutated_row_is_read_or_refused_with_a_decode_error_r24(data):
    kind, whole = data.draw(st.sampled_from([(RobotLog, LOG), (Job, JOB)]))
    row = copy.deepcopy(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(
            st.sampled_from([row] + [value for value in row.values() if isinstance(value, dict)])
        )
        name = data.draw(st.sampled_from([*place, "Added"]))
        if data.draw(st.booleans()):
            place.pop(name, None)
        else:
            place[name] = data.draw(json_values)
    try:
        (made,) = decode(kind, [row])
    except DecodeError as error:
        made = error
    assert type(made) is kind or (made.row == 0 and made.entity)


@given(st.sets(st.sampled_from(sorted(LOG))))
def test_any_selection_of_properties_gives_the_same_values(selected):
    whole = one(RobotLog, LOG)
    part = one(RobotLog, {name: LOG[name] for name in selected}, selected=PART)
    names = {
        attrs.fields_dict(RobotLog)[name].metadata["odata.name"]: name
        for name in attrs.fields_dict(RobotLog)
        if name != "extra"
    }
    for wire, name in names.items():
        assert getattr(part, name) == (getattr(whole, name) if wire in selected else None)


def test_the_mark_of_a_partial_row_survives_copies_and_reaches_related_entities():
    job = one(Job, JOB, selected=PART)
    for made in (
        job,
        copy.copy(job),
        copy.deepcopy(job),
        pickle.loads(pickle.dumps(job)),
        attrs.evolve(job, state="Faulted"),
    ):
        assert made.extra.is_partial
        assert made.robot.extra.is_partial
        assert made.release.current_version.extra.is_partial
    assert one(Environment, {"robots": [{}]}, selected=PART).robots[0].extra.is_partial
    whole = one(Job, JOB)
    assert not whole.extra.is_partial
    assert not whole.robot.extra.is_partial
    assert not pickle.loads(pickle.dumps(whole)).extra.is_partial
    assert job == whole


def test_free_values_stay_as_sent():
    settings = {"TracingLevel": "Verbose", "keepsCase": [1, {"x": None}]}
    assert one(Robot, {"ExecutionSettings": settings}).execution_settings is settings
    assert one(License, {"Allowed": {"Unattended": 1}}).allowed == {"Unattended": 1}


def test_a_subclass_of_the_users_own_keeps_its_defaults_validators_and_methods():
    @attrs.define
    class Checked(Machine):
        note: str = "mine"

        def shout(self):
            return self.name.upper()

    machine = one(Checked, {"Name": "vm", "Id": "7"}, selected=PART)
    assert (machine.shout(), machine.note, machine.id, machine.extra.is_partial) == ("VM", "mine", 7, True)


def test_a_validator_or_post_init_that_fails_is_a_decode_error():
    @attrs.define
    class Positive(Machine):
        def __attrs_post_init__(self):
            if self.id <= 0:
                raise ValueError(self.id)

    assert one(Positive, {"Id": 1}).id == 1
    error = refused(Positive, [{"Id": 1}, {"Id": -1}])
    assert (error.entity, error.property, error.row) == ("Positive", None, 1)
    assert "refuses its values with ValueError" in str(error)


def test_a_frozen_subclass_is_made_and_marked():
    @attrs.frozen
    class Fixed(Machine):
        pass

    machine = one(Fixed, {"Name": "vm"}, selected=PART)
    assert (machine.name, machine.extra.is_partial) == ("vm", True)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        machine.name = "other"


@entity
class Reading(Session):
    """An entity of the user's own, derived from a generated one."""

    values: Values[dt.datetime] = prop("Values")
    keys: Values[UUID] = prop("Keys")
    share: Property[float] = prop("Share")


def test_an_entity_of_the_users_own_reads_all_kinds():
    reading = one(
        Reading, {"State": "Busy", "Values": ["2024-01-31T12:00:00"], "Keys": [LOG["JobKey"]], "Share": 0.5}
    )
    assert (reading.state, reading.values, reading.keys) == ("Busy", [NOON], [UUID(LOG["JobKey"])])
    assert reading.share == 0.5
    assert refused(Reading, [{"Values": ["x"]}]).property == "Values"


def test_classes_that_hold_entities_are_structured_by_the_converter():
    assert CONVERTER.structure([{"Name": "vm"}], list[Machine]) == [Machine(name="vm")]


def test_a_row_that_could_not_be_made_is_shown_with_its_error():
    """A traceback with locals shows a row that its class had only begun to fill."""
    row = Job.__new__(Job)
    row.state = "Faulted"
    assert repr(row) == "Job(state='Faulted')"
