"""Each operation, called through its method in every way, against the official schema by a validator of its own."""

from __future__ import annotations

import contextlib
import json
import re

import pytest

from uipath_odata.errors import DecodeError, FolderRequired, QueryError

PLACES = {
    "integer": "5",
    "boolean": "true",
    "string:uuid": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb",
    "string": "text",
}


async def _sent(call, scope, recorder, made, **settings):
    with contextlib.suppress(DecodeError):
        await made(call.on(scope(recorder, **settings).folder(id=36886)))
    return recorder.sent


def _path(facts, enums):
    """Write the path with the values that the calls give."""
    types = {each["name"]: each["type"] for each in facts.get("path_params", ())}

    def text(name):
        match types[name]:
            case {"enum": enum}:
                return enums[enum][0]
            case {"array": _}:
                return "5"
            case kind:
                return PLACES.get(kind) or PLACES[kind.partition(":")[0]]

    return re.sub(r"\{(\w+)\}", lambda found: text(found[1]), facts["path"])


async def test_a_request_is_what_the_schema_describes(call, openapi, described, scope, recorder, made, facts):
    request, *_ = await _sent(call, scope, recorder, made)
    openapi.validate_request(described(request))
    assert request.method == call.facts["method"]
    assert request.path == _path(call.facts, facts["enums"])
    own = {name for name in call.facts.get("headers", {}) if call.way == "all"}
    assert set(request.headers) == {"X-UIPATH-OrganizationUnitId", *own}
    known = {*call.facts.get("odata", {}), *(each["name"] for each in call.facts.get("query", ()))}
    assert {each.partition("=")[0] for each in request.query.split("&") if each} <= known


def _parameters(request):
    return {each.partition("=")[0] for each in request.query.split("&") if each and each[0] != "$"}


def _writable(schema, facts):
    inherited = [_writable(base["ref"], facts) for base in facts["schemas"][schema].get("allOf", ())]
    own = facts["schemas"][schema]["properties"]
    return {wire: each for one in inherited for wire, each in one.items()} | own


def _object(call, body, facts):
    """Give the object that is flattened and its properties."""
    schema = call.facts["body"]["type"]["ref"]
    properties = _writable(schema, facts)
    match list(properties.items()):
        case [(wire, {"type": {"ref": inner}})]:
            return body[wire], _writable(inner, facts)
    return body, properties


async def test_what_is_given_is_sent_and_nothing_else(call, scope, recorder, made, facts):
    request, *_ = await _sent(call, scope, recorder, made)
    asked = {each["name"] for each in call.facts.get("query", ())}
    assert _parameters(request) == (set() if call.way in {"least", "whole"} else asked)
    match call.facts.get("body"):
        case {"type": {"ref": _}} if call.method not in {"create", "replace", "update"}:
            body, properties = _object(call, json.loads(request.body), facts)
            writable = {wire for wire, each in properties.items() if not each.get("readOnly")}
            required = {wire for wire, each in properties.items() if each.get("required")}
            assert set(body) == (required if call.way == "least" else writable)
        case None:
            assert request.body is None
        case _:
            assert request.body is not None


async def test_a_read_only_client_sends_no_write(call, scope, recorder, made):
    with contextlib.suppress(QueryError):
        await _sent(call, scope, recorder, made, read_only=True)
    assert not [request for request in recorder.sent if request.method != "GET" and request.writes]
    assert bool(recorder.sent) is (call.facts["method"] == "GET" or f"{call.owner}.{call.method}" in HARMLESS)


HARMLESS = {
    "assets.get_robot_asset_by_name_for_robot_key",
    "calendars.calendar_exists",
    "jobs.validate_dynamic_job",
    "jobs.validate_existing_job",
    "process_schedules.validate_process_schedule",
    "test_automation.get_test_case_execution_attachments",
    "test_automation.get_test_set_execution_attachments",
}


async def test_facts_travel_with_the_request(call, scope, recorder, made):
    request, *_ = await _sent(call, scope, recorder, made)
    folder = call.facts.get("headers", {}).get("X-UIPATH-OrganizationUnitId") == "required"
    by_key = re.fullmatch(r"/odata/\w+\('?\{\w+\}'?\)", call.facts["path"])
    repeatable = call.facts["method"] == "GET" or (call.facts["method"] in {"PUT", "DELETE"} and by_key)
    assert request.needs_folder is folder
    assert request.scopes == tuple(call.facts.get("scopes", ()))
    named = f"{call.owner}.{call.method}"
    each_time_anew = named == "business_rules.replace" and call.way == "all"
    assert request.repeatable is ((bool(repeatable) or named in HARMLESS) and not each_time_anew)


async def test_a_folder_is_asked_for_before_sending_where_the_schema_requires_one(
    call, scope, recorder, made
):
    required = call.facts.get("headers", {}).get("X-UIPATH-OrganizationUnitId") == "required"
    outcome = pytest.raises(FolderRequired, match="folder") if required else contextlib.suppress(DecodeError)
    with outcome as caught:
        await made(call.on(scope(recorder, require_folder=True)))
    assert bool(recorder.sent) is not required
    if required:
        assert (caught.value.status, caught.value.attempts) == (0, 0)
        assert "nothing was sent" in str(caught.value)
