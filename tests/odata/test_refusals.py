"""Each refusal names what is wrong and what to write instead."""

# ruff: noqa: PLR1714, PLW0108, PLW0177, SIM201 - misuse is what is tested

from __future__ import annotations

import copy
import datetime as dt
import math
import pickle
import re
from uuid import UUID

import pytest

from uipath_odata import Expand, Instant, Query, now, path, raw_filter
from uipath_odata.entities import Job, Machine, Release, ReleaseVersion, Robot, RobotLog, Session, User
from uipath_odata.errors import QueryError

NAIVE = dt.datetime.fromisoformat("2024-01-31")
AWARE = NAIVE.replace(tzinfo=dt.UTC)


def check_refusal(make, *words, error=QueryError):
    with pytest.raises(error) as caught:
        make()
    for word in words:
        assert word in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: (Session.id == 1) and (Session.id == 2),
        lambda: (Session.id == 1) or (Session.id == 2),
        lambda: not (Session.id == 1),
        lambda: bool(Session.state == "Available"),
        lambda: [0] if Session.id == 1 else [1],
        lambda: Session.state in ["Available", "Busy"],
    ],
)
def test_a_predicate_has_no_truth_value(misuse):
    check_refusal(misuse, "combine conditions with & | ~", "(low <= x) & (x < high)", "x.in_([…])")


def test_a_property_has_no_truth_value():
    check_refusal(lambda: not Session.is_unresponsive, "only on the server", "compare it")
    check_refusal(lambda: 1 < Session.id < 5, "no truth value")
    check_refusal(lambda: bool(Session.robot), "only on the server")


@pytest.mark.parametrize(
    ("misuse", "words"),
    [
        (lambda: Session.id == "7", ("Id is Edm.Int64 and takes no str", "write an int")),
        (lambda: Session.id == 7.5, ("takes no float",)),
        (lambda: Session.id == True, ("takes no bool",)),
        (lambda: Session.id < None, ("takes no NoneType",)),
        (lambda: Session.id == 2**63, ("Edm.Int64", "smaller")),
        (lambda: Session.info == 7, ("Info is Edm.String and takes no int", "write a str")),
        (lambda: Session.is_unresponsive == 1, ("takes no int", "True or False")),
        (lambda: Job.key == "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb", ("Edm.Guid", 'UUID("')),
        (lambda: Session.reporting_time > "2024-01-31", ("Edm.DateTimeOffset", "takes no str", "Instant.parse")),
        (lambda: Session.reporting_time > dt.date(2024, 1, 31), ("takes no date", "aware datetime")),
        (lambda: Session.reporting_time > NAIVE, ("has no time zone", "datetime.UTC")),
        (lambda: path("X") == NAIVE, ("has no time zone",)),
        (lambda: Session.reporting_time.date() == AWARE, ("Edm.Date ", "takes no datetime")),
        (lambda: Session.reporting_time.time() == dt.time(12, tzinfo=dt.UTC), ("no time zone", "without tzinfo")),
        (lambda: path("X") > math.nan, ("NaN", "leave the comparison out")),
        (lambda: path("X") == object(), ("untyped", "takes no object")),
        (lambda: Session.robot.name.contains(5), ("Robot/Name", "takes no int")),
        (lambda: Session.info.substring("1"), ("takes no str",)),
        (lambda: Session.info == Session.id, ("Edm.String", "Edm.Int64", "like with like")),
        (lambda: Session.info.contains(Session.id), ("like with like",)),
        (lambda: Session.id.contains("x"), ("Id is Edm.Int64 and has no contains", "Edm.String")),
        (lambda: Session.id.tolower(), ("has no tolower",)),
        (lambda: Session.state.startswith("A"), ("an enum and has no startswith",)),
        (lambda: Session.info.year(), ("has no year", "Edm.DateTimeOffset")),
        (lambda: Session.info.round(), ("has no round", "Edm.Int64 and Edm.Decimal")),
        (lambda: Session.info + "x", ("Edm.String and has no add",)),
        (lambda: Session.is_unresponsive * 2, ("has no mul",)),
        (lambda: Session.reporting_time * 2, ("has no mul",)),
        (lambda: Session.reporting_time + AWARE, ("takes no datetime", "timedelta")),
        (lambda: dt.timedelta(1) - Session.reporting_time, ("takes no timedelta", "aware datetime")),
        (lambda: now() - 5, ("takes no int",)),
        (lambda: Session.id + 1.5, ("takes no float",)),
        (lambda: Session.id.in_("12"), ("in_ takes a list", "in_(['12'])")),
        (lambda: Session.info.in_(b"12"), ("in_ takes a list",)),
        (lambda: Session.id.in_([1, "2"]), ("takes no str",)),
        (lambda: Session.id.in_([1, NAIVE]), ("takes no datetime",)),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_the_right_form(misuse, words):
    check_refusal(misuse, *words)


@pytest.mark.parametrize(
    ("misuse", "words"),
    [
        (
            lambda: Session.state == "Availabel",
            ("State has no member 'Availabel'", "did you mean 'Available'?", "path(…)"),
        ),
        (lambda: Session.state == "zzz", ("the schema has Available,", "path(…)")),
        (lambda: Session.state.in_(["Available", "Bsy"]), ("did you mean 'Busy'?",)),
        (lambda: RobotLog.level >= "Eror", ("did you mean 'Error'?",)),
        (lambda: Session.state < "Busy", ("State is an enum, which has no order", "use == or in_")),
        (lambda: Session.is_unresponsive > False, ("Edm.Boolean, which has no order",)),
    ],
)
def test_an_enum_names_the_nearest_member_and_has_no_order(misuse, words):
    check_refusal(misuse, *words)


def test_a_member_that_the_schema_does_not_know_goes_through_path():
    assert Query(Session).filter(path("State") == "Levitating").options == {
        "$filter": "State eq 'Levitating'"
    }


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: Job.robot == None,
        lambda: Job.robot != None,
        lambda: Release.tags == [],
        lambda: Job.robot == Robot(),
    ],
)
def test_a_related_entity_is_no_value(misuse):
    check_refusal(misuse, "is an object, not a value", "compare a property of it", ".id == None")


def test_another_entitys_property_is_refused_with_the_right_one():
    check_refusal(
        lambda: Query(Session).filter(Robot.name == "x"),
        "Robot.name belongs to Robot, and the query asks for Session: write Session.robot.name",
    )
    check_refusal(
        lambda: Query(Session).select(Job.state), "Job.state belongs to Job", "write Session.job.state"
    )
    check_refusal(
        lambda: Query(Job).select(Release.name), "Release.name belongs to Release", "write Job.release.name"
    )
    check_refusal(
        lambda: Query(Robot).select(Session.machine_name),
        "Session.machine_name belongs to Session",
        "write Robot.machine_name",
    )
    check_refusal(
        lambda: Query(Robot).filter(Job.robot.name == "x"),
        "Job.robot.name belongs to Job",
        "properties of Robot",
    )
    check_refusal(
        lambda: Query(Job).order_by(Session.reporting_time), "belongs to Session", "properties of Job"
    )
    check_refusal(lambda: Query(Job).expand(Session.update_info), "belongs to Session", "properties of Job")
    check_refusal(
        lambda: Query(Release).filter(Release.tags.any(lambda tag: tag.name == Job.info)), "belongs to Job"
    )


def test_a_base_and_a_derived_entity_share_their_properties():
    class Mine(Job):
        pass

    assert (
        Query(Mine).filter(Job.id == 1).options
        == Query(Mine).filter(Mine.id == 1).options
        == {"$filter": "Id eq 1"}
    )
    check_refusal(lambda: Query(Job).filter(Mine.id == 1), "Mine.id belongs to Mine")


def test_an_unknown_property_names_the_nearest():
    for misuse in (lambda: Session.reporting_tim, lambda: Session.ReportingTime):
        check_refusal(misuse, "Session has no property", "did you mean reporting_time?")
    check_refusal(
        lambda: Session.robot.nmae,
        "RobotWithLicense has no property 'nmae'",
        "did you mean name?",
    )
    check_refusal(lambda: Session.zzzzzz, "goes through path(…)")
    assert not hasattr(Session, "zzzzzz")  # to Python it is a name like any other


@pytest.mark.parametrize("misuse", [lambda: Release.release_versions.id, lambda: User.roles_list.contains])
def test_a_collection_has_the_properties_of_none_of_its_items(misuse):
    check_refusal(misuse, "is a collection and has no", "write .any(lambda item: …)")


def test_a_path_is_no_class_and_a_class_is_no_row():
    check_refusal(
        lambda: Session.robot(name="x"),
        "is a path, not the class: write RobotWithLicense(…)",
        error=TypeError,
    )
    check_refusal(
        lambda: setattr(Session, "state", 5), "Session.state is a query expression", error=AttributeError
    )
    for wrong in (Session.robot, 5, None, dict, Session()):
        check_refusal(lambda wrong=wrong: Query(wrong), "takes an entity class", "Query(Job)")


def test_a_path_can_be_looked_at_and_copied():
    assert copy.copy(Session.robot).name.__node__ == Session.robot.name.__node__
    assert copy.copy(Release.release_versions).__path__ == Release.release_versions.__path__
    assert not hasattr(Session.robot, "__len__")
    assert not hasattr(Release.release_versions, "__len__")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Session.robot)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Session.state)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "Robot/",
        "/Name",
        "Robot//Name",
        "Name eq 1",
        "A,B",
        "A)",
        "A'",
        "1A",
        "A-B",
        "$it",
        "A" * 129,
        "A\n",
        5,
        Session.state,
    ],
)
def test_path_takes_names_only_r110(text):
    check_refusal(lambda: path(text), "is not a property path", "Robot/Name")


def test_path_takes_names_of_any_alphabet():
    assert Query(Job).filter(path("Straße/名前") == 1).options == {"$filter": "Straße/名前 eq 1"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "A eq 1)",
        "(A eq 1",
        "A eq 1) or (1 eq 1",
        "A eq 'x",
        "A eq 'x''",
        "')' eq '('(",
        "A eq 'it's'",
    ],
)
def test_raw_filter_takes_one_whole_condition_r110(text):
    wrong, advice = (
        ("is not one whole condition", "quotes and parentheses")
        if text.strip()
        else ("is empty", "leave the filter out")
    )
    check_refusal(lambda: raw_filter(text), wrong, advice)


@pytest.mark.parametrize("text", ["A eq ')'", "A eq '('", "contains(A,'it''s (')", "(A eq 1) or (B eq 2)"])
def test_raw_filter_knows_what_stands_in_quotes(text):
    assert Query(Job).filter(raw_filter(text), Job.id == 1).options == {"$filter": f"({text}) and Id eq 1"}


@pytest.mark.parametrize(
    "condition",
    [True, False, None, "Id eq 1", 5, Job, Job.robot, Job.id, Job.info, path("Flag"), lambda: True],
)
def test_what_is_no_condition_is_refused(condition):
    check_refusal(lambda: Query(Job).filter(condition), "is not a condition: give comparisons of properties")


def test_a_lambda_must_give_a_condition():
    check_refusal(lambda: Release.tags.any(lambda tag: tag.name), "is not a condition")
    check_refusal(lambda: Release.tags.any(lambda tag: True), "is not a condition")


def test_select_expand_and_order_take_properties():
    check_refusal(lambda: Query(Job).select("State"), "'State' is not a property: name one of the entity")
    check_refusal(lambda: Query(Job).select(Job.id + 1), "is not a property")
    check_refusal(lambda: Query(Job).select(Job), "is not a property")
    check_refusal(
        lambda: Query(Job).expand(Job.state),
        "holds a value, not an entity: select it instead of expanding it",
    )
    check_refusal(lambda: Query(User).expand(User.roles_list), "holds a value, not an entity")
    check_refusal(
        lambda: Query(Job).order_by("Id desc"), "order_by takes properties", "order_by(Job.start_time.desc())"
    )
    check_refusal(lambda: Query(Job).order_by(Job.robot), "order_by takes properties")


@pytest.mark.parametrize("count", [-1, 1.0, "5", None, True])
def test_top_and_skip_take_numbers_of_rows(count):
    check_refusal(lambda: Query(Job).top(count), "top takes a number of rows", "0 or more")
    check_refusal(lambda: Query(Job).skip(count), "skip takes a number of rows", "0 or more")


def test_expand_options_follow_their_own_property():
    options = Expand(ReleaseVersion).top(5)
    check_refusal(lambda: Query(Release).expand(options), "follows the property that it belongs to")
    check_refusal(
        lambda: Query(Release).expand(Release.release_versions, options, options), "follows the property"
    )
    check_refusal(
        lambda: Query(Release).expand(Release.current_version, Expand(Machine)),
        "Expand(Machine) follows a ReleaseVersion: write Expand(ReleaseVersion)",
    )


def test_two_different_options_for_one_expanded_property_are_refused():
    query = Query(Release).expand(Release.release_versions, Expand(ReleaseVersion).top(5))
    again = query.expand(Release.release_versions, Expand(ReleaseVersion).top(5))
    assert again.options == query.options
    other = query.expand(Release.release_versions, Expand(ReleaseVersion).top(6))
    check_refusal(lambda: other.options, "expand the same property: join them in one Expand(…)")


def test_messages_say_what_to_do_next_and_errors_are_values():
    message = check_refusal(lambda: Session.state == "Availabel")
    error = pickle.loads(pickle.dumps(QueryError(message)))
    assert isinstance(error, ValueError)
    assert str(error) == message
    assert re.search(r": (did|write|use|give)", message)


def test_right_values_pass():
    assert Query(Job).filter(
        Job.key == UUID(int=1),
        Job.start_time > AWARE,
        Job.start_time < Instant.parse("2024-01-31T12:00Z"),
        Job.has_media_recorded,
    ).options == {
        "$filter": "Key eq 00000000-0000-0000-0000-000000000001 and StartTime gt 2024-01-31T00:00:00Z "
        "and StartTime lt 2024-01-31T12:00:00Z and HasMediaRecorded eq true"
    }
