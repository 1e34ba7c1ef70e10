"""Every operation as the schema has it, ways to call it, and a sender that records."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import json
import re
import typing
from importlib.resources import files
from uuid import UUID

import attrs
import pytest
from yarl import URL

from uipath_odata import entities
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.odata.descriptors import hints
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.settings import Settings
from uipath_odata.transport.request import Response

BASE = "https://cloud.uipath.com/acme/Default/orchestrator_"
UUID_SAMPLE = UUID("e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")
MOMENT = dt.datetime(2024, 1, 31, 12, 30, 15, tzinfo=dt.UTC)
ANYTHING = {
    "Type": "Customer",
    "Name@odata.type": "#String",
    "Name": "Ada",
    "nested": {"camelCase": [1, None]},
}


def _facts():
    read = files("uipath_odata.generate").joinpath
    field, newest, classic = (
        json.loads(read(f"orchestrator-{name}.json").read_text("utf-8"))
        for name in ("in-the-field", "v20", "2020.10-environments")
    )
    merged = {kind: {**classic[kind], **newest[kind]} for kind in ("schemas", "enums")}
    own = {each["id"] for each in field["operations"]}
    rest = [each for each in (*newest["operations"], *classic["operations"]) if each["id"] not in own]
    return {**merged, "operations": [*rest, *field["operations"]]}


FACTS = _facts()


@attrs.define
class Recorder:
    """Keeps what is sent and answers with the next scripted body, or with nothing."""

    answers: list[Response] = attrs.field(factory=list)
    sent: list = attrs.field(factory=list)

    async def send(self, request, /):
        self.sent.append(request)
        return self.answers.pop(0) if self.answers else Response(204, {}, b"")

    def answer(self, body, status=200):
        self.answers.append(
            Response(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())
        )
        return self


def _scope(recorder, **settings):
    return FolderClient(TenantChannel(recorder, URL(BASE), Settings(**settings)))


# Arguments for every method, from its signature.


SAMPLES = {
    "int": 5,
    "float": 1.5,
    "str": "text",
    "bool": True,
    "Any": ANYTHING,
    "Mapping[str, Any]": ANYTHING,
    "str | Mapping[str, Any]": ANYTHING,
    "UUID | str": UUID_SAMPLE,
    "dt.datetime | Instant": MOMENT,
    "E | Mapping[str, Any]": ANYTHING,
    "str | os.PathLike[str] | bytes": b"PK",
}


def _sample(annotation, *, depth=2):
    """Make a value that an annotation allows."""
    if annotation in SAMPLES:
        return SAMPLES[annotation]
    if found := re.fullmatch(r"Sequence\[(.*)\]", annotation):
        return [_sample(found[1], depth=depth)]
    if found := re.fullmatch(r"entities\.(\w+)( \| Mapping\[str, Any\])?", annotation):
        kind = getattr(entities, found[1])
        return _entity(kind, depth) if found[2] else typing.get_args(kind)[0]
    raise AssertionError(annotation)


def _entity(kind, depth):
    """Make an entity with all that it may be sent with, as deep as is sensible."""
    schema = FACTS["schemas"][_schema_of(kind)]
    wanted = {wire for wire, each in _properties(schema).items() if not each.get("readOnly")}
    values = {
        name: _value(hints(kind)[name], _properties(schema)[member.wire]["type"], depth)
        for name, member in properties(kind).items()
        if member.wire in wanted
    }
    return kind(**{name: value for name, value in values.items() if value is not None})


def _properties(schema):
    inherited = [_properties(FACTS["schemas"][base["ref"]]) for base in schema.get("allOf", ())]
    return functools.reduce(lambda all_, each: all_ | each, [*inherited, schema["properties"]], {})


@functools.cache
def _schemas_by_class():
    docs = re.compile(r"Orchestrator's (\w+)")
    return {
        name: docs.match(getattr(entities, name).__doc__)[1]
        for name in (
            *entities.__all__,
            "Settings",
        )  # left out so that a star import does not shadow the client's
        if isinstance(getattr(entities, name), type) and issubclass(getattr(entities, name), Entity)
    }


def _schema_of(kind):
    return _schemas_by_class()[kind.__name__]


def _class_of(schema):
    return next(name for name, each in _schemas_by_class().items() if each == schema)


def _value(annotation, facts, depth):
    plain = {
        "any": ANYTHING,
        "boolean": True,
        "number:decimal": 1.5,
        "string": "text",
        "string:byte": "AAAAAAAAB9E=",
        "string:date-time": MOMENT,
        "string:email": "ada@acme.com",
        "string:uri": "https://acme.com/",
        "string:uuid": UUID_SAMPLE,
    }
    match facts:
        case str(name):
            return 5 if name.startswith("integer") else plain[name]
        case {"enum": name}:
            return FACTS["enums"][name][0]
        case {"ref": _}:
            return _entity(typing.get_args(annotation)[0], depth - 1) if depth else None
        case {"array": {"ref": _}}:
            return [_entity(typing.get_args(annotation)[0], depth - 1)] if depth else None
        case {"array": item}:
            return [_value(None, item, depth)]
        case {"map": _} | {"object": _}:
            return ANYTHING
    raise AssertionError(facts)


@attrs.frozen
class Call:
    """A way to call one operation: all arguments by name, the body whole, or only what is required."""

    facts: dict
    owner: str
    method: str
    way: str

    def __str__(self):
        return f"{self.owner}.{self.method}-{self.way}"

    @property
    def answer(self):
        """The status of success and the type of what comes with it, None where nothing does."""
        found = (
            (int(status), each["type"])
            for status, each in sorted(self.facts["responses"].items())
            if "type" in each
        )
        return next((each for each in found if each[0] < 300), None)

    def on(self, scope):
        owner = getattr(scope, self.owner)
        if self.method == "list":
            return self._listed(owner)
        method = getattr(owner, self.method)
        positional, named = self._arguments(method)
        return method(*positional, **named)

    def _listed(self, owner):
        if self.way == "all" and hasattr(owner, "with_parameters"):
            named = self._arguments(owner.with_parameters)[1]
            return owner.with_parameters(**named)
        return owner

    def _arguments(self, method):
        positional, named = [], {}
        for each in inspect.signature(method).parameters.values():
            annotation = each.annotation.removesuffix(" | None")
            optional = each.default is not inspect.Parameter.empty
            if each.kind is each.VAR_KEYWORD:
                named |= self._changes()
            elif each.name in {"changes", "destination", "overwrite"} or annotation.startswith("Progress"):
                continue  # what a file's way to the disk takes beside the operation's own
            elif each.kind is each.POSITIONAL_ONLY and each.name == "entity" and optional:
                positional += [_sample(annotation)] if self.way == "whole" else []
            elif each.kind is each.POSITIONAL_ONLY:
                positional.append(_sample(annotation))
            elif self._wants(method, each, optional=optional):
                named[each.name] = _sample(annotation)
        return positional, named

    def _changes(self):
        kind = getattr(entities, _class_of(self.facts["body"]["type"]["ref"]))
        whole = _entity(kind, 1)
        names = list(properties(kind)) if self.way == "all" else ["description"]
        return {name: value for name in names if (value := getattr(whole, name, None)) is not None}

    def _wants(self, method, parameter, *, optional):
        required = parameter.name in _required(method)
        in_body = parameter.name in _fields(method)
        match self.way:
            case "whole":
                return not in_body and (required or not optional)
            case "all":
                return True
        return required or not optional


def _required(method):
    overloads = typing.get_overloads(method.__func__)
    found = (inspect.signature(each).parameters.values() for each in overloads)
    return {
        each.name
        for one in found
        for each in one
        if each.kind is each.KEYWORD_ONLY and each.default is each.empty
    }


def _fields(method):
    """Name the arguments that are the body's."""
    parameters = inspect.signature(method).parameters
    if "entity" not in parameters:
        return set()
    facts = type(method.__self__).__operations__[method.__name__]
    wires = {each["name"] for each in _by_place()[facts.method, facts.path].get("query", ())}
    named = {name for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}
    in_path = re.findall(r"=\[?'?\{(\w+)\}", facts.path)
    return {
        name for name in named if name.replace("_", "") not in {wire.lower() for wire in (*wires, *in_path)}
    }


@functools.cache
def _by_place():
    return {(each["method"], each["path"]): each for each in FACTS["operations"]}


@functools.cache
def _calls():
    scope = _scope(Recorder())
    owners = {name: getattr(scope, name) for name, each in inspect.getmembers(type(scope)) if _is_set(each)}
    places = {
        (fact.method, fact.path): (owner, method)
        for owner, each in owners.items()
        for method, fact in type(each).__operations__.items()
    }
    calls = []
    for facts in FACTS["operations"]:
        owner, method = places[facts["method"], facts["path"]]
        ways = ["all", "least"]
        if facts.get("body") and "entity" in _names(owners[owner], method):
            ways.append("whole")
        calls += [Call(facts, owner, method, way) for way in ways]
    return calls


def _names(owner, method):
    return inspect.signature(getattr(owner, method)).parameters if method != "list" else ()


def _is_set(member):
    return isinstance(member, functools.cached_property)


async def _made(called):
    """Await a call, or read the first page of a query."""
    if isinstance(called, BoundQuery):
        return await called.top(3).to_list()
    return await called


def pytest_generate_tests(metafunc):
    if "call" in metafunc.fixturenames:
        metafunc.parametrize("call", _calls(), ids=str)
    if "answered" in metafunc.fixturenames:
        # An upload answers with a status for each file, of which its method makes keys.
        read = [call for call in _calls() if call.answer and call.method != "upload_package"]
        once = [call for call in read if call.way == "least"]
        metafunc.parametrize("answered", once, ids=str)


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def scope():
    return _scope


@pytest.fixture
def made():
    return _made


@pytest.fixture(scope="session")
def facts():
    return FACTS
