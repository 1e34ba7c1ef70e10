"""R113, R115: each secret of Orchestrator's data, searched for in everything that a program could print, log or store."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import pickle
import pprint
import traceback
from functools import cache

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from uipath_odata import Orchestrator, Report, Settings, UserKey
from uipath_odata.errors import OrchestratorError
from uipath_odata.odata.descriptors import Collection, JsonText, Values, hints
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.operations import EntitySets

CANARY = "c4n4ry"
NUMBER = 47_114_711_471
TOKEN = "t0k3n-c4n4ry"
SEARCHED: list[int] = []
SETS = [name for name in vars(EntitySets) if not name.startswith("_")]


def kinds(entity, depth=2):
    """Say of each property that is secret, or leads to one, what it holds."""
    for name, member in properties(entity).items():
        shape = hints(entity)[name]
        related = isinstance(member.argument, type) and issubclass(member.argument, Entity)
        if (
            member.secret
            or member.holds_secrets
            or (related and depth and holds_secrets(member.argument, depth - 1))
        ):
            yield name, member, shape


@cache
def holds_secrets(entity, depth=2):
    return any(True for _ in kinds(entity, depth))


def filled(entity, depth=2):
    """Make an entity whose secrets are canaries, and nothing else."""
    return entity(**{name: value_of(member, shape, depth) for name, member, shape in kinds(entity, depth)})


def value_of(member, shape, depth):
    kind, origin = member.argument, getattr(shape, "__origin__", None)
    if isinstance(kind, type) and issubclass(kind, Entity):
        one = filled(kind, depth - 1)
        return [one] if origin is Collection else one
    one = NUMBER if kind is int else True if kind is bool else f"{CANARY}-{member.wire}"
    if member.holds_secrets or shape is JsonText:
        return json.dumps({"Password": f"{CANARY}-in-{member.wire}", "Secret": f"{CANARY}-too"})
    return [one] if origin is Values else one


def sent(value):
    """Return an entity as a server sends it."""
    if isinstance(value, Entity):
        members = properties(type(value)).items()
        return {
            member.wire: sent(own) for name, member in members if (own := getattr(value, name)) is not None
        }
    return [sent(each) for each in value] if isinstance(value, list) else value


def whole(row, is_list):
    return {"@odata.count": 1, "value": [row]} if is_list else row


def as_json(row, is_list):
    return json.dumps(whole({"Id": 1, "Name": "a", **row}, is_list)).encode()


def misshapen(row, is_list):
    """Give the secrets other types than the schema has."""
    return as_json({name: [{"x": value}] for name, value in row.items()}, is_list)


def cut(body):
    return body[: body.rindex(CANARY.encode()) + len(CANARY) + 2]


ANSWERS = {
    "good": as_json,
    "another case": lambda row, is_list: as_json(
        {name.lower(): value for name, value in row.items()}, is_list
    ),
    "a property newer than the schema": lambda row, is_list: as_json({"NewPassword": CANARY, **row}, is_list),
    "misshapen": misshapen,
    "another property misshapen": lambda row, is_list: as_json(
        {**row, "Id": {"a": 1}, "Name": 5, "Key": [1]}, is_list
    ),
    "no object": lambda row, is_list: json.dumps(whole([row], is_list)).encode(),
    "a text": lambda row, is_list: json.dumps(json.dumps(row)).encode(),
    "a list in a list": lambda row, is_list: json.dumps([[row], row]).encode(),
    "cut": lambda row, is_list: cut(as_json(row, is_list)),
    "bytes that are not UTF-8": lambda row, is_list: as_json(row, is_list).replace(
        CANARY.encode(), CANARY.encode() + b"\xff\xfe"
    ),
    "half a surrogate": lambda row, is_list: as_json(row, is_list).replace(
        CANARY.encode(), CANARY.encode() + rb"\ud83d"
    ),
    "a control character": lambda row, is_list: as_json(row, is_list).replace(
        CANARY.encode(), CANARY.encode() + b"\x00"
    ),
    "text after it": lambda row, is_list: as_json(row, is_list) + CANARY.encode(),
    "UTF-16": lambda row, is_list: as_json(row, is_list).decode().encode("utf-16"),
    "another set's": lambda row, is_list: json.dumps(
        {"@odata.context": f"$metadata#{CANARY}", **whole(row, is_list)}
    ).encode(),
    "a failure": lambda row, is_list: as_json({"Success": False, **row}, is_list),
    "capitals": lambda row, is_list: as_json({name.upper(): value for name, value in row.items()}, is_list),
    "a mark of its order": lambda row, is_list: b"\xef\xbb\xbf" + as_json(row, is_list),
    "a next link with it": lambda row, is_list: json.dumps(
        {**whole(row, is_list), "@odata.nextLink": f"https://{CANARY}.example.com/?$skiptoken=a"}
    ).encode(),
    "no list": lambda row, is_list: json.dumps({"value": row}).encode(),
    "the same twice": lambda row, is_list: json.dumps(
        {"value": [{"Id": 1, **row}, {"Id": 1, **row}]}
    ).encode(),
    "nested in itself": lambda row, is_list: as_json(
        {"Robot": row, "User": row, "Machine": row, **row}, is_list
    ),
    "no order": lambda row, is_list: json.dumps(
        {"@odata.count": 2, "value": [{"Id": 2, **row}, {"Id": 1, **row}]}
    ).encode(),
    "more than it counts": lambda row, is_list: json.dumps(
        {"@odata.count": 9, "value": [{"Id": 1, **row}]}
    ).encode(),
    "an Id that is a text": lambda row, is_list: as_json({**row, "Id": "x"}, is_list),
    "no Id": lambda row, is_list: json.dumps(whole(row, is_list)).encode(),
    "NaN": lambda row, is_list: as_json(row, is_list).replace(b'"Id": 1', b'"Id": NaN'),
    "nothing": lambda row, is_list: b"",
    "the token in HTML": lambda row, is_list: f"<html><p>Bearer {TOKEN}</p></html>".encode(),
}
STATUSES = {
    "a refusal": (400, json.dumps({"message": f"Bearer {TOKEN} is bad", "errorCode": 1}).encode()),
    "a refusal of another kind": (403, f"token {TOKEN} \udcff".encode("utf-8", "surrogateescape")),
    "an unknown error": (523, TOKEN.encode()),
    "a conflict": (
        409,
        json.dumps({"error": {"message": rf"t\u006b {TOKEN}", "details": [{"message": TOKEN}]}}).encode(),
    ),
    "a token spelt as JSON may spell it": (
        400,
        b'{"message":"Bearer ' + TOKEN.replace("-", r"\u002d").encode() + b'"}',
    ),
}


def calls(sets, name):
    """Yield what can be done with a set, each with whether the answer is a list."""
    entity_set = getattr(sets, name)
    entity = filled(entity_set.__entity__)
    row = {
        member: value for member, value in sent(entity).items() if isinstance(value, str | int | list | dict)
    }
    changes = {
        attribute: getattr(entity, attribute)
        for attribute, member, _ in kinds(type(entity))
        if not member.read_only
    }
    for read in ("to_list", "first", "one_or_none", "count"):
        yield getattr(entity_set, read), True
        yield getattr(entity_set.dicts(), read), True
    yield entity_set.exact().to_list, True
    yield lambda: read_by_page(entity_set), True
    for method, arguments in (
        ("get", (1,)),
        ("create", (entity,)),
        ("create", (row,)),
        ("replace", (1, entity)),
        ("replace", (1, row)),
        ("update", (1, row)),
        ("delete", (1,)),
    ):
        if hasattr(entity_set, method):
            yield lambda method=method, arguments=arguments: getattr(entity_set, method)(*arguments), False
    if hasattr(entity_set, "update"):
        yield lambda: entity_set.update(1, **changes), False


async def read_by_page(entity_set):
    async with entity_set.stream(paging="offset", page_size=1) as stream:
        pages = [page async for page in stream.pages()]
        return pages, stream.report, stream.checkpoint


def of_an_error(error, seen=()):
    """Yield everything of an error that could be printed or stored, also with the values in our frames."""
    if error is None or error in seen:
        return
    trace = error.__traceback__
    while trace is not None and "uipath_odata/" not in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next  # the frames of the test hold the canaries
    yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
    with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
        yield pickle.dumps(error).decode("latin-1")
    alone = traceback.TracebackException(type(error), error, trace, capture_locals=True, compact=True)
    yield "".join(alone.format(chain=False))
    yield from of_an_error(error.__cause__, (*seen, error))
    yield from of_an_error(error.__context__, (*seen, error))


def of_a_result(result):
    """Yield what shows a result without asking for a secret; ``dicts()`` is such a question."""
    if isinstance(result, list | tuple):
        for each in result:
            yield from of_a_result(each)
        if all(isinstance(each, Entity) for each in result):
            yield repr(result)
    elif isinstance(result, Entity | Report):
        console = Console(file=io.StringIO(), width=200)
        console.print(result)
        yield from (repr(result), str(result), f"{result}", pprint.pformat(result), console.file.getvalue())


@pytest.fixture
async def server():
    """Answer with what the test says."""
    answer = [200, b""]

    async def handle(request):
        if request.path.endswith("/token"):
            return web.json_response({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
        return web.Response(status=answer[0], body=answer[1], content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as running:
        yield running, answer


QUICK = ("assets", "robots", "webhooks")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.full) for name in SETS]
)
async def test_no_secret_of_the_data_is_ever_shown(server, caplog, capfd, name):
    running, answer = server
    caplog.set_level(logging.DEBUG)
    token_url = str(running.make_url("/token"))
    key = UserKey(client_id="app", user_key=f"{CANARY}-key", token_url=token_url)
    shown, at_once = [], Settings(requests_a_minute=10**6)
    async with Orchestrator(running.make_url("/"), key, settings=at_once) as orchestrator:
        folder = orchestrator.folder("Shared").with_options(retries=0)
        if not (
            hasattr(getattr(folder, name), "__entity__") and holds_secrets(getattr(folder, name).__entity__)
        ):
            pytest.skip("no secret in it")
        row = sent(filled(getattr(folder, name).__entity__))
        flows = [(200, make) for make in ANSWERS.values()]
        flows += [(status, lambda *_, body=body: body) for status, body in STATUSES.values()]
        for status, make in flows:
            for call, is_list in calls(folder, name):
                answer[:] = status, make(row, is_list)
                try:
                    result = await call()
                except OrchestratorError as error:
                    shown += of_an_error(error)
                else:
                    shown += of_a_result(result)
        shown += [repr(each) for each in (orchestrator, vars(orchestrator), folder, vars(folder), key)]
    shown += [caplog.text, *capfd.readouterr()]
    SEARCHED.append(sum(map(len, shown)))
    assert not hits(shown)


@pytest.mark.full
def test_what_was_searched_is_more_than_ten_million_characters():
    if len(SEARCHED) < len(QUICK) + 1:
        pytest.skip("only some of the sets were searched in this process")
    print(f"0 hits of secrets of the data in {sum(SEARCHED):,} characters")  # noqa: T201 - the goal's figure
    assert sum(SEARCHED) > 10_000_000


def hits(texts):
    """Return what stands around each canary that is in a text."""
    return [
        text[max(0, text.index(canary) - 300) : text.index(canary) + 60]
        for text in texts
        for canary in (CANARY, TOKEN, str(NUMBER))
        if canary in text
    ][:5]
