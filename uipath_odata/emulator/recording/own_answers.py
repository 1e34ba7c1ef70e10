"""What the emulator answers to the requests of a recording, holding the rows that the recording shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from aiohttp import ClientSession
from yarl import URL

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import EntitySet, EntityType, Schema
from uipath_odata.emulator.emulator import Emulator
from uipath_odata.emulator.http import routes
from uipath_odata.emulator.recording.differences import Difference, differences
from uipath_odata.emulator.recording.pairs import Pair

_HEADERS = {"id": "X-UIPATH-OrganizationUnitId", "key": "X-UIPATH-FolderKey", "path": "X-UIPATH-FolderPath"}
_SAFE_IN_PATHS = "/()',=[]@:"


async def compared(schema: Schema, pairs: list[Pair]) -> list[list[Difference]]:
    """Return, for each pair, where the emulator's own answer to the same request differs."""
    async with (
        Emulator(seed=None, any_token=True, scopes="off", jobs="manual") as own,
        ClientSession() as session,
    ):
        held = _fill(own, schema, pairs)
        return [held.get(number, []) + await _asked(session, own, pair) for number, pair in enumerate(pairs)]


async def _asked(session: ClientSession, own: Emulator, pair: Pair) -> list[Difference]:
    asked = pair.asked
    headers = {"Authorization": "Bearer replay", "Content-Type": "application/json"}
    if asked.folder is not None:
        headers[_HEADERS[asked.folder[0]]] = asked.folder[1]
    query = f"?{urlencode(asked.query, quote_via=quote)}" if asked.query else ""
    url = URL(f"{own.base_url}{quote(asked.path, safe=_SAFE_IN_PATHS)}{query}", encoded=True)
    content = None if asked.body is None else orjson.dumps(asked.body)
    async with session.request(asked.method, url, headers=headers, data=content) as answer:
        text = await answer.read()
    own_body: Any = orjson.loads(text) if text and answer.content_type == "application/json" else None
    return differences(pair.status, pair.body, answer.status, own_body)


def _fill(own: Emulator, schema: Schema, pairs: list[Pair]) -> dict[int, list[Difference]]:
    """Insert the rows that lists and single entities show; return, by pair, the rows that the emulator cannot hold."""
    refused = dict[int, list[Difference]]()
    rows = dict[tuple[str, str], tuple[int, dict[str, Any], Pair]]()
    for number, pair in enumerate(pairs):
        for entity_set, row in _shown(schema, pair):
            key = str(row.get(entity_set.key.name))
            if (entity_set.name, key) not in rows or len(row) > len(rows[entity_set.name, key][1]):
                rows[entity_set.name, key] = (number, row, pair)
    for (set_name, key), (number, row, pair) in sorted(
        rows.items(), key=lambda each: each[0][0] != "Folders"
    ):
        try:
            own.insert(set_name, [row], folder=_folder(own, pair))
        except ValueError as error:
            refused.setdefault(number, []).append(
                Difference(f"{set_name}({key})", "a row", f"refuses it: {error}")
            )
    for pair in pairs:
        _folder(own, pair)
    return refused


def _shown(schema: Schema, pair: Pair) -> Iterator[tuple[EntitySet, dict[str, Any]]]:
    """Yield the entities in an answer, and those that are expanded in them, with the properties that the schema has."""
    found = routes.load().find("GET", pair.asked.path) if pair.asked.method == "GET" else None
    if found is None or pair.status != 200:  # noqa: PLR2004 - an HTTP status
        return
    entity_set = schema.sets.get(found[0].set_name)
    if entity_set is None or found[0].name not in {f"{entity_set.name}.list", f"{entity_set.name}.get"}:
        return
    listed: Any = pair.body.get("value", [pair.body]) if is_object(pair.body) else None
    for row in listed if is_list(listed) else list[Any]():
        if is_object(row):
            yield from _parts(schema, entity_set, row)


def _parts(
    schema: Schema, entity_set: EntitySet, row: Mapping[str, Any]
) -> Iterator[tuple[EntitySet, dict[str, Any]]]:
    known = _known(entity_set.row, row)
    for name, value in row.items():
        property_ = entity_set.row.find(name)
        target = schema.set_of_type.get(property_.target or "") if property_ is not None else None
        if target is not None and is_object(value):
            yield from _parts(schema, schema.sets[target], value)
    if known.get(entity_set.key.name) is not None:
        yield entity_set, known


def _known(type_: EntityType, row: Mapping[str, Any]) -> dict[str, Any]:
    return {found.name: value for name, value in row.items() if (found := type_.find(name)) is not None}


def _folder(own: Emulator, pair: Pair) -> int | None:
    """Return the Id of the folder that a request names; it is added where no list showed it."""
    if pair.asked.folder is None:
        return None
    kind, text = pair.asked.folder
    column = {"id": "Id", "key": "Key", "path": "FullyQualifiedName"}[kind]
    if kind == "id" and not text.isdigit():
        return None
    found = own.sql(f'SELECT "Id" FROM "Folders" WHERE "{column}" = ?', text)  # noqa: S608 - one of three names
    if found:
        return int(found[0][0])
    number = (
        int(text) if kind == "id" else int(own.sql('SELECT coalesce(max("Id"), 0) FROM "Folders"')[0][0]) + 1
    )
    own.insert(
        "Folders",
        [
            {"Id": number, "DisplayName": text, "FullyQualifiedName": text}
            | {column: number if kind == "id" else text}
        ],
    )
    return number
