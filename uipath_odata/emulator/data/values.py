"""JSON values to stored values and back, by the schema's properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import EntityType, Kind, Property, Schema
from uipath_odata.emulator.filters.sql import SqlValue

Binder = Callable[[Any], SqlValue]

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

SECRETS = frozenset({"Password", "CredentialPassword", "SecretValue"})
"""Properties that are written and never returned."""


_TASK_TYPES = (
    *("FormTask", "ExternalTask", "DocumentValidationTask", "DocumentClassificationTask"),
    *("DataLabelingTask", "AppTask"),
)
_NUMBERS: Mapping[tuple[str, ...], Sequence[int]] = {
    ("SoftStop", "Kill"): (1, 2),
    _TASK_TYPES: (0, 1, 2, 3, 4, 6),
}
"""Enums whose numbers are not 0, 1, 2 …: clients send "1" to stop a job, "2" to kill it, and 6 for tasks of apps."""


class BindingError(ValueError):
    """A body that the schema does not describe: the ``member`` of it, ``startInfo.ReleaseKey``, and ``why``."""

    def __init__(self, member: str = "", why: str = "") -> None:
        super().__init__(": ".join(filter(None, (member, why))))
        self.member, self.why = member, why

    def within(self, name: str) -> BindingError:
        """Return the same of the object that holds it."""
        return BindingError(f"{name}.{self.member}" if self.member else name, self.why)


def known(body: Any, type_: EntityType) -> Iterator[tuple[Property, Any]]:
    """Return the properties of a JSON object; BindingError at the first that the type does not have.

    Annotations such as ``@odata.context`` are passed over.
    """
    if not is_object(body):
        raise BindingError(why=f"it is not a JSON object, as a {type_.name} is")
    for name, value in body.items():
        found = type_.find(name)
        if found is not None:
            yield found, value
        elif "@" not in name:
            near = get_close_matches(name.lower(), type_.properties, 1)
            advice = f": did you mean {type_.properties[near[0]].name}?" if near else ""
            raise BindingError(name, f"{type_.name} has no such member{advice}")


def stored(found: Property, value: Any, schema: Schema) -> SqlValue:
    """Turn a JSON value into what its column holds; BindingError where it is not of the property's type."""
    return None if value is None else binder(found, schema)(value)


def binder(found: Property, schema: Schema) -> Binder:
    """Return what turns the JSON values of a property, but null, into what its column holds."""
    return partial(_of_member, found.name, _binder(found, schema))


def _of_member(name: str, bind: Callable[[Any], SqlValue], value: Any) -> SqlValue:
    try:
        return bind(value)
    except BindingError as error:
        raise error.within(name) from error


def _binder(found: Property, schema: Schema) -> Binder:
    match found.kind:
        case "document":
            return partial(_document, found, schema)
        case "link":
            return partial(_linked_key, found, schema)
        case "enum":
            return partial(_member, found.members, {name.lower(): name for name in found.members})
        case kind:
            return _SCALARS[kind]


def shown(kind: Kind) -> Callable[[Any], Any] | None:
    """Return what turns a column's value into its JSON value; None where they are the same."""
    return _SHOWN.get(kind)


def shown_whole(kind: Kind, value: Any) -> Any:
    """Return the JSON value of a column's value, secrets included; null stays null."""
    if kind == "document":
        return orjson.loads(value)
    convert = _SHOWN.get(kind)
    return value if convert is None else convert(value)


def _document(found: Property, schema: Schema, value: Any) -> str:
    return orjson.dumps(_checked(found, value, schema)).decode()


def _checked(found: Property, value: Any, schema: Schema) -> Any:
    """Return an object or a list with the schema's names; objects of open types stay as they are."""
    if found.many:
        if not is_list(value):
            raise BindingError(why="it is not a list")
        single = attrs.evolve(found, many=False, kind=found.element or "document")
        return [
            _checked_content(attrs.evolve(single, name=str(index)), each, schema)
            for index, each in enumerate(value)
        ]
    if found.target is None or value is None:
        return value
    return {
        inner.name: _checked_content(inner, content, schema)
        for inner, content in known(value, schema.types[found.target])
    }


def _checked_content(found: Property, value: Any, schema: Schema) -> Any:
    if found.kind in {"link", "document"}:
        try:
            return _checked(found, value, schema)
        except BindingError as error:
            raise error.within(found.name) from error
    bound = stored(found, value, schema)
    return bound if found.kind == "enum" else value


def _linked_key(found: Property, schema: Schema, value: Any) -> SqlValue:
    """Read a link: the key of a related entity, or the key alone."""
    if is_object(value):
        keys = [
            content for inner, content in known(value, schema.types[str(found.target)]) if inner.name == "Id"
        ]
        return keys[0] if keys else None
    if isinstance(value, int | str):
        return value
    raise _unfit(value, "an object or a key")


def _member(members: tuple[str, ...], names: Mapping[str, str], value: Any) -> str:
    """.NET reads an enum by its name in any case, or by its number, as a number or as text."""
    if isinstance(value, str) and value.lower() in names:
        return names[value.lower()]
    number = int(value) if isinstance(value, str) and value.isdigit() else value
    numbers = _NUMBERS.get(members, range(len(members)))
    if type(number) is int and number in numbers:
        return members[numbers.index(number)]
    raise _unfit(value, f"one of {', '.join(members)}")


def _unfit(value: Any, kind: str) -> BindingError:
    return BindingError(why=f"{value!r:.80} is not {kind}")


def _of_type(type_: type, kind: str) -> Binder:
    def checked(value: Any) -> Any:
        if type(value) is not type_:
            raise _unfit(value, kind)
        return value

    return checked


def _integer(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise _unfit(value, "a whole number of 64 bits")
    return value


def _number(value: Any) -> float:
    if type(value) not in {int, float}:
        raise _unfit(value, "a number")
    return float(value)


def _instant(value: Any) -> int:
    try:
        return ticks.parse(value)
    except (TypeError, ValueError) as error:
        raise _unfit(value, "a date-time") from error


def _guid(value: Any) -> str:
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        raise _unfit(value, "a GUID")
    return value.lower()


def _shown_document(text: str) -> Any:
    return _without_secrets(orjson.loads(text)) if "assword" in text else orjson.loads(text)


def _without_secrets(value: Any) -> Any:
    if is_list(value):
        return [_without_secrets(each) for each in value]
    if is_object(value):
        return {name: None if name in SECRETS else _without_secrets(each) for name, each in value.items()}
    return value


_SCALARS: Mapping[str, Binder] = MappingProxyType({
    "string": _of_type(str, "a text"),
    "integer": _integer,
    "number": _number,
    "boolean": _of_type(bool, "true or false"),
    "instant": _instant,
    "guid": _guid,
})  # fmt: skip

_SHOWN: Mapping[Kind, Callable[[Any], Any]] = MappingProxyType({
    "boolean": bool,
    "instant": ticks.text,
    "document": _shown_document,
})  # fmt: skip
