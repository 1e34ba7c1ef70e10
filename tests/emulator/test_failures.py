"""No request makes the emulator fail: each is done or refused with a reason, whatever its rows hold and leave out."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.rows import samples

from .partly import Partly
from .rows.test_samples import Undo, one_of_each
from .test_openapi import Way, send, ways

API = schema.load()
TOP = {"Id": 1, "DisplayName": "sample", "FullyQualifiedName": "sample"}


def folder(emulator):
    """A folder, and nothing in it."""
    emulator.insert("Folders", [TOP])


def whole(emulator):
    one_of_each(emulator, API)


def keys(emulator):
    """One row a set, with no more than its key."""
    for name, entity_set in API.sets.items():
        key = entity_set.key.name
        row = {key: samples._object(entity_set.type, API, 0)[key]}
        emulator.insert(name, [TOP if name == "Folders" else row], folder=1)


def built(emulator):
    """What builders make of a name."""
    add = emulator.add
    for build in (add.folder, add.user, add.queue, add.bucket, add.process, add.machine, add.robot, add.job):
        build("sample")
    add.queue_item("sample")
    add.asset("sample", "x")
    add.credential("other", "u", "p")


def at_random(seed):
    """One row a set, of any properties with any values, as far as the emulator takes it."""

    def rows(emulator):
        keys(emulator)
        partly = Partly(API, random.Random(seed), (0.3, 0.6, 0.9)[seed % 3])
        for name, entity_set in API.sets.items():
            key = entity_set.key.name
            taken = {key, "OrganizationUnitId"}
            values = partly.object(entity_set.row, samples._object(entity_set.type, API, 0))
            row = {each: value for each, value in values.items() if each not in taken}
            if name != "Folders":
                replace(emulator, name, entity_set.key.name, row)

    return rows


def replace(emulator, name, key, row):
    """Give the only row of a set other values; those of a row that is no row of the set are left."""
    ((old,),) = emulator.sql(f'SELECT "{key}" FROM "{name}"')
    with suppress(ValueError), emulator._store.transaction():
        emulator.sql(f'DELETE FROM "{name}"')
        emulator.insert(name, [{**row, key: old}], folder=1)


def requests(operation, partly):
    """Yield the ways to ask for an operation, sensible and not."""
    yield from ways(operation)
    yield Way(b"{")
    if operation.body:
        type_ = API.types[operation.body]
        body = samples._object(type_, API, 0)
        yield from (Way(body), Way({}), Way(), Way([None]), Way(dict.fromkeys(body)))
        yield from (Way(partly.object(type_, body)) for _ in range(2))


async def failures(emulators, rows, seed=0):
    """Ask for every operation, each time of the same rows; return what was answered otherwise than with a reason."""
    partly, statuses = Partly(API, random.Random(seed), 0.7), dict[int, set[str]]()
    async with emulators(seed=None) as http:
        rows(http.emulator)
        http.emulator.clock.advance(days=9)
        for operation in API.operations:
            for way in requests(operation, partly):
                with suppress(Undo), http.emulator._store.transaction():
                    reply = await send(http, operation, way)
                    statuses.setdefault(reply.status_code, set()).add(operation.id)
                    raise Undo
    assert {200, 400, 404, 501} < statuses.keys()
    return {status: found for status, found in statuses.items() if status >= 500 and status != 501}


@pytest.mark.parametrize("rows", [folder, whole, keys, built, at_random(0), at_random(1)])
async def test_no_request_makes_the_emulator_fail(emulators, rows):
    assert await failures(emulators, rows) == {}


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 42))
async def test_no_rows_of_any_kind_make_the_emulator_fail(emulators, seed):
    assert await failures(emulators, at_random(seed), seed) == {}
