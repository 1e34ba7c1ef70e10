"""Write a method, and the operation that it calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from uipath_odata.generate.decide.call_types import CallTypes
from uipath_odata.generate.decide.method import Argument, Body, Method
from uipath_odata.generate.read.document import Primitive, Ref
from uipath_odata.generate.write.docstring import method_docstring
from uipath_odata.generate.write.source import Bracketed

__all__ = ["constant", "lines"]

_IN: Final = "    "
_BODY: Final = "        "
_GUID: Final = Primitive("string:uuid")
_INTEGERS: Final = (Primitive("integer:int32"), Primitive("integer:int64"))


def constant(method: Method) -> str:
    """Write the operation as a constant of the module."""
    operation = method.operation
    flags = {
        "folder": operation.folder_required,
        "repeatable": method.repeatable,
        "deprecated": operation.deprecated,
    }
    items: tuple[str | Bracketed, ...] = (
        *(json.dumps(text) for text in (method.title, operation.method, operation.path)),
        *_tuple("scopes=", operation.scopes),
        *_tuple("permissions=", operation.permissions),
        *_tuple("headers=", [each.name for each in operation.header_parameters]),
        *_tuple("guids=", [each.name for each in operation.parameters if each.type == _GUID]),
        *_tuple("integers=", [each.name for each in operation.path_parameters if each.type in _INTEGERS]),
        *(f"{name}=True" for name, flag in flags.items() if flag),
        *([f'rate_class="{method.title}"'] if method.kind == "list" else []),
    )
    return Bracketed(f"{method.constant} = Operation(", items).text("")


def lines(method: Method, types: CallTypes) -> Iterator[str]:
    """Write the method as text blocks: its overloads, if it has any, and itself."""
    match method.kind:
        case "list":
            yield from _with_parameters(method)
        case "create" | "replace" | "update":
            yield _crud(method, types)
        case "listing":
            yield _listing(method, types)
        case "call":
            yield from _call(method, types)


def _with_parameters(method: Method) -> Iterator[str]:
    if not method.parameters:
        return
    asked = Bracketed("return self._with_parameters(", (_wires(method.parameters),))
    yield _function(
        "def with_parameters", ("self", "*", *_optional(method.parameters)), "Self", method, asked
    )


def _crud(method: Method, types: CallTypes) -> str:
    held = method.operation.body
    schema = held.schema if isinstance(held, Ref) else ""
    kind = types.result(method.operation.answer or Ref(schema))
    call: list[str | Bracketed] = [method.constant, kind, _wires(method.keys)]
    keys = _required(method.keys)
    written = f"body=body_of(entity, {types.entity(schema)})"
    match method.kind:
        case "create" if method.operation.answer is None:
            called = Bracketed("await self._call_none(", (method.constant, "{}", written))
            return _method(method, (f"entity: {types.whole(schema)}", "/"), "None", called)
        case "create":
            called = Bracketed("return await self._call(", (*call, written))
            return _method(method, (f"entity: {types.whole(schema)}", "/"), kind, called)
        case "replace":
            called = Bracketed("return await self._replace(", (*call, "entity"))
            taken = (*keys, f"entity: {types.whole(schema)}", "/")
        case _:
            called = Bracketed("return await self._update(", (*call, "changes", "fields"))
            changes = f"{types.classes[schema]}Changes"
            taken = (*keys, "changes: Mapping[str, Any] | None = None", "/", f"**fields: Unpack[{changes}]")
    return _method(method, taken, f"{kind} | None", called)


def _listing(method: Method, types: CallTypes) -> str:
    entity = types.entity(method.row)
    cap = method.operation.options.get("$top")
    paging = [f"page_cap={cap}"] if cap not in {None, 1_000} else []
    paging += [] if method.paged else ["paged=False"]
    called = Bracketed("return self._list(", (method.constant, entity, *_sent(method), *paging))
    result = f"BoundQuery[{entity}, {entity}]"
    return _function(f"def {method.name}", _plain(method), result, method, called)


def _call(method: Method, types: CallTypes) -> Iterator[str]:
    result, called = _called(method, types)
    body = method.body
    if not isinstance(body, Body):
        yield _method(method, _plain(method), result, called)
        return
    whole = f"entity: {types.whole(body.schema)}"
    keys, rest = _required(method.keys), (*_required(method.arguments), *_optional(method.parameters))
    values = [argument for _, argument in body.attributes]
    if body.required:
        yield _overload(method, _signature((*keys, whole), (), rest), result)
        yield _overload(method, _signature(keys or ("",), (), (*rest, *_as_required(values))), result)
    taken = _signature((*keys, f"{whole} | None = None"), (), (*rest, *_optional(values)))
    yield _method(method, taken, result, called)


def _called(method: Method, types: CallTypes) -> tuple[str, Bracketed]:
    """Return the annotation of the answer, and the statement that makes the call."""
    body = _sent_body(method.body, types)
    sent = (*_sent(method), *([_keyword("body=", body)] if body else []))
    if method.operation.answer is None:
        return "None", Bracketed("await self._call_none(", (method.constant, *sent))
    result = types.result(method.operation.answer)
    read = "object" if result == "Any" else result
    if method.may_bring_nothing:
        return f"{result} | None", Bracketed(
            "return await self._call_optional(", (method.constant, read, *sent)
        )
    return result, Bracketed("return await self._call(", (method.constant, read, *sent))


def _sent(method: Method) -> list[str | Bracketed]:
    keys = _wires((*method.keys, *method.arguments))
    return [keys, _wires(method.parameters)] if method.parameters else [keys]


def _sent_body(body: Body | Argument | None, types: CallTypes) -> str | Bracketed | None:
    if not isinstance(body, Body):
        return body.name if body else None
    required = _tuple("", body.required)
    values = [f"{attribute}={argument.name}" for attribute, argument in body.attributes]
    entity = f'unwrapped("{body.wrapper}", entity)' if body.wrapper else "entity"
    given: Bracketed = Bracketed("request_body(", (entity, types.entity(body.schema), *required, *values))
    if body.filled:
        filled = [f"{json.dumps(wire)}: {name}" for wire, name in body.filled]
        given = Bracketed("{", (*filled, _keyword("**", given)), "}")
    return Bracketed("{", (_keyword(f"{json.dumps(body.wrapper)}: ", given),), "}") if body.wrapper else given


def _keyword(name: str, value: str | Bracketed) -> str | Bracketed:
    return (
        f"{name}{value}"
        if isinstance(value, str)
        else Bracketed(f"{name}{value.start}", value.items, value.end)
    )


def _plain(method: Method) -> tuple[str, ...]:
    body = method.body if isinstance(method.body, Argument) else None
    plain = _required([*method.arguments, *([body] if body else [])])
    return _signature(_required(method.keys), plain, _optional(method.parameters))


def _signature(positional: Iterable[str], plain: Iterable[str], named: Iterable[str]) -> tuple[str, ...]:
    first, last = tuple(positional), tuple(named)
    return ("self", *filter(None, first), *(["/"] if first else []), *plain, *(["*", *last] if last else []))


def _required(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return tuple(f"{each.name}: {each.annotation}" for each in arguments)


def _as_required(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return tuple((_required if each.required else _optional)([each])[0] for each in arguments)


def _optional(arguments: Iterable[Argument]) -> tuple[str, ...]:
    return tuple(
        f"{each.name}: {each.annotation} = None"
        if each.annotation == "Any"
        else f"{each.name}: {each.annotation} | None = None"
        for each in arguments
    )


def _wires(arguments: Iterable[Argument]) -> Bracketed:
    return Bracketed("{", tuple(f"{json.dumps(each.wire)}: {each.name}" for each in arguments), "}")


def _tuple(start: str, texts: Sequence[str]) -> list[Bracketed]:
    listed = tuple(json.dumps(text) for text in texts)
    return [Bracketed(f"{start}(", listed, ",)" if len(listed) == 1 else ")")] if listed else []


def _method(method: Method, taken: Iterable[str], result: str, called: Bracketed) -> str:
    parameters = tuple(taken)
    whole = parameters if parameters[0] == "self" else ("self", *parameters)
    return _function(f"async def {method.name}", whole, result, method, called)


def _function(start: str, taken: tuple[str, ...], result: str, method: Method, called: Bracketed) -> str:
    head = Bracketed(f"{start}(", taken, f") -> {result}:").text(_IN)
    return f"{head}\n{method_docstring(_BODY, method)}\n{called.text(_BODY)}"


def _overload(method: Method, taken: tuple[str, ...], result: str) -> str:
    head = Bracketed(f"async def {method.name}(", taken, f") -> {result}: ...").text(_IN)
    return f"{_IN}@overload\n{head}"
