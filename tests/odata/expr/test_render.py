from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata import Instant, Query, entities, now, path, raw_filter
from uipath_odata.entities import Environment, Job, Release, RobotLog, Session
from uipath_odata.odata.entity import properties
from uipath_odata.odata.expr.render import text_of
from uipath_odata.odata.query import options_of, selects_nothing

A, B, C = Job.id == 1, Job.info == "b", Job.has_media_recorded == True
HOUR = dt.timedelta(hours=1)
NOON = Instant.parse("2024-01-31T12:00:00Z")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (A & B & C, "Id eq 1 and Info eq 'b' and HasMediaRecorded eq true"),
        (A & (B & C), "Id eq 1 and Info eq 'b' and HasMediaRecorded eq true"),
        (A | B & C, "Id eq 1 or Info eq 'b' and HasMediaRecorded eq true"),
        ((A | B) & C, "(Id eq 1 or Info eq 'b') and HasMediaRecorded eq true"),
        (A & (B | C), "Id eq 1 and (Info eq 'b' or HasMediaRecorded eq true)"),
        (~A, "not (Id eq 1)"),
        (~(A & B), "not (Id eq 1 and Info eq 'b')"),
        (~A & B, "not (Id eq 1) and Info eq 'b'"),
        (~~A, "not (not (Id eq 1))"),
        (~Job.info.contains("x"), "not contains(Info,'x')"),
        (Job.has_media_recorded & A, "HasMediaRecorded eq true and Id eq 1"),
        (A & Job.has_media_recorded, "Id eq 1 and HasMediaRecorded eq true"),
        (A | Job.has_media_recorded, "Id eq 1 or HasMediaRecorded eq true"),
        (Job.has_media_recorded | A, "HasMediaRecorded eq true or Id eq 1"),
        (~Job.has_media_recorded, "not (HasMediaRecorded eq true)"),
        (raw_filter(" A eq 1 or B eq 2 ") & A, "(A eq 1 or B eq 2) and Id eq 1"),
        (~raw_filter("A eq 1"), "not (A eq 1)"),
        (~Job.id.in_([1, 2]), "not (Id in (1,2))"),
        (Job.info.in_(["a", None]) & A, "(Info eq 'a' or Info eq null) and Id eq 1"),
        (Job.info.in_([]) | A, "Id eq 1"),
        (~Job.info.in_([]) & A, "Id eq 1"),
        (Job.robot.id == None, "Robot/Id eq null"),
        (Job.robot.id != None, "Robot/Id ne null"),
        (Job.id > 5, "Id gt 5"),
        (Job.id + 1 == 2, "Id add 1 eq 2"),
        (1 - (Job.id - 2) - 3 == 0, "1 sub (Id sub 2) sub 3 eq 0"),
        ((Job.id + 1) * 2 == 0, "(Id add 1) mul 2 eq 0"),
        (Job.id + 1 * Job.id == 0, "Id add 1 mul Id eq 0"),
        (7 / (Job.id % 5) == 0, "7 div (Id mod 5) eq 0"),
        (7 % Job.id + -1 == 0, "7 mod Id add -1 eq 0"),
        ((Job.id + 1).in_([1, 2]), "(Id add 1) in (1,2)"),
        (path("Cost").round() > 2.5, "round(Cost) gt 2.5"),
        (Job.id.floor() + Job.id.ceiling() > 2, "floor(Id) add ceiling(Id) gt 2"),
        (Job.info.tolower().trim().length() > 2, "length(trim(tolower(Info))) gt 2"),
        (Job.info.substring(1, 2).toupper() == "X", "toupper(substring(Info,1,2)) eq 'X'"),
        (Job.info.substring(1).indexof("x") == -1, "indexof(substring(Info,1),'x') eq -1"),
        (Job.info.concat(Job.reference).endswith("x"), "endswith(concat(Info,Reference),'x')"),
        (Job.info.startswith(Job.reference), "startswith(Info,Reference)"),
        (Job.end_time > now() - HOUR, "EndTime gt now() sub duration'PT1H'"),
        (Job.end_time + HOUR > now(), "EndTime add duration'PT1H' gt now()"),
        (Job.end_time - Job.start_time > HOUR, "EndTime sub StartTime gt duration'PT1H'"),
        (Job.start_time + (Job.end_time - Job.start_time) > now(), "StartTime add (EndTime sub StartTime) gt now()"),
        (NOON - Job.start_time > HOUR, "2024-01-31T12:00:00Z sub StartTime gt duration'PT1H'"),
        (Job.start_time.date() == dt.date(2024, 1, 31), "date(StartTime) eq 2024-01-31"),
        (Job.start_time.time() < dt.time(12), "time(StartTime) lt 12:00:00"),
        (Job.start_time.year() * 12 + Job.start_time.month() > 5, "year(StartTime) mul 12 add month(StartTime) gt 5"),
        (Job.start_time.day() + Job.start_time.hour() > 5, "day(StartTime) add hour(StartTime) gt 5"),
        (Job.start_time.minute() + Job.start_time.second() > 5, "minute(StartTime) add second(StartTime) gt 5"),
        (Release.tags.any(), "Tags/any()"),
        (Release.tags.any(lambda tag: tag.name == "x") & A, "Tags/any(item:item/Name eq 'x') and Id eq 1"),
        (Release.tags.all(lambda tag: (tag.name == "x") | (tag.name == "y")),
         "Tags/all(item:item/Name eq 'x' or item/Name eq 'y')"),
        (Environment.robots.any(lambda robot: Release.tags.any(lambda tag: tag.name == robot.name)),
         "robots/any(item:Tags/any(item2:item2/Name eq item/Name))"),
        (RobotLog.level >= "Error", "Level ge '4'"),
        (RobotLog.level == "Error", "Level eq 'Error'"),
        (RobotLog.level.in_(["Error", "Fatal"]), "Level in ('Error','Fatal')"),
    ],
)  # fmt: skip
def test_only_the_parentheses_that_precedence_asks_for_are_written(condition, text):
    assert text_of(condition.__node__) == text


def test_ordered_enums_are_compared_by_name_where_that_is_set():
    query = Query(RobotLog).filter(RobotLog.level >= "Error").order_by(RobotLog.level.desc())
    assert options_of(query, "name") == {"$filter": "Level ge 'Error'", "$orderby": "Level desc"}


def test_conditions_join_with_and_over_arguments_and_calls():
    together = Query(Session).filter(Session.state == "Available", (Session.id == 1) | (Session.id == 2))
    apart = Query(Session).filter(Session.state == "Available").filter((Session.id == 1) | (Session.id == 2))
    assert together == apart
    assert together.options == {"$filter": "State eq 'Available' and (Id eq 1 or Id eq 2)"}
    assert Query(Session).filter().options == {}


def test_a_tree_of_any_depth_is_checked_without_recursion():
    condition = Job.id == 0
    for _ in range(200):
        condition = ~condition
    assert Query(Job).filter(condition).options["$filter"].count("not") == 200


def test_what_a_user_looks_at_reads_like_odata():
    assert repr(Job.robot.name) == "<Expr Robot/Name>"
    assert repr(Job.id == 5) == "<Predicate Id eq 5>"
    assert repr(Job.robot) == "<EntityPath Robot>"
    assert repr(Query(Job).filter(Job.id == 5).top(1)) == "<Query Job $filter=Id eq 5 $top=1>"
    assert repr(Query(Job)) == "<Query Job>"


def test_an_empty_list_decides_a_condition_without_a_request():
    assert selects_nothing(Query(Job).filter(Job.info.in_([]), A))
    assert selects_nothing(Query(Job).filter((B | C) & Job.info.in_([])))
    assert not selects_nothing(Query(Job).filter(Job.info.in_([]) | A))
    assert Query(Job).filter(~Job.info.in_([]) | A).options == {}
    assert Query(Job).filter(Job.info.in_([])).options == {"$filter": "false"}


def test_a_text_that_holds_json_is_filtered_as_text():
    query = Query(Job).filter(Job.input_arguments.contains("42")).select(Job.output_arguments)
    assert query.options == {"$filter": "contains(InputArguments,'42')", "$select": "OutputArguments"}


@pytest.mark.parametrize("name", entities.__all__)
def test_every_property_of_every_entity_can_be_named_in_a_query(name):
    entity = getattr(entities, name)
    for attribute in properties(entity) if isinstance(entity, type) else ():
        assert getattr(entity, attribute) is not None
