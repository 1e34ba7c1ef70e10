"""Write one module of operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from uipath_odata.generate.annotations import Annotations
from uipath_odata.generate.document import Document, Operation, Ref, Type
from uipath_odata.generate.entity_sets import EntitySetFacts, ListFunction
from uipath_odata.generate.layout import Layout
from uipath_odata.generate.naming import snake
from uipath_odata.generate.source import HEADER, fitted

__all__ = ["set_module"]

_FRAME: Final = '''{header}
"""Operations of Orchestrator on /odata/{name}."""

from __future__ import annotations

{imports}


class {name}(EntitySet["entities.{entity}"]):
    """All entities of /odata/{name}."""

{body}
'''
_CALLED: Final = re.compile(r"(?P<name>\w+)(?:\(.*\))?$")


def set_module(facts: EntitySetFacts, document: Document, layout: Layout) -> str:
    """Give the text of the module of an entity set."""
    annotations = Annotations({s: f"entities.{c}" for s, c in layout.classes.items()}, {})
    entity = layout.classes[facts.entity or ""]
    body = "\n\n".join(
        [
            "\n".join(_facts(facts, entity)),
            *_crud(facts, annotations),
            *(_listing(function, annotations) for function in facts.functions),
            *_actions(facts, document, annotations),
        ]
    )
    return _FRAME.format(
        header=HEADER, name=facts.name, entity=entity, body=body, imports="\n".join(_imports(body))
    )


def _imports(body: str) -> Iterator[str]:
    used = set(re.findall(r"\w+", body))
    if "Sequence" in used or "Mapping" in used:
        yield f"from collections.abc import {', '.join(sorted(used & {'Mapping', 'Sequence'}))}"
    if "dt" in used:
        yield "import datetime as dt"
    if "Any" in used:
        yield "from typing import Any"
    if "UUID" in used:
        yield "from uuid import UUID"
    yield ""
    if "BoundQuery" in used:
        yield "from uipath_odata.bound_query import BoundQuery"
    yield "from uipath_odata.entity_set import EntitySet"
    yield ""
    yield "from .. import entities"


def _facts(facts: EntitySetFacts, entity: str) -> Iterator[str]:
    yield f'    name = "{facts.name}"'
    yield f"    entity = entities.{entity}"
    if facts.page_cap not in {None, 1_000}:
        yield f"    page_cap = {facts.page_cap}"
    if facts.name == "RobotLogs":
        yield "    in_window = True"


def _crud(facts: EntitySetFacts, annotations: Annotations) -> Iterator[str]:
    key = annotations.python(facts.key) if facts.key else "int"
    for kind, schema in facts.operations.items():
        item = annotations.python(Ref(schema)) if schema else "Entity"
        yield from _one(kind, key, item)


def _one(kind: str, key: str, item: str) -> Iterator[str]:
    taken = f"{item} | Mapping[str, Any]"
    made = {
        "get": (f"key: {key}, /", item, f"return await self._get({item}, key)"),
        "create": (f"entity: {taken}, /", item, f"return await self._create({item}, entity)"),
        "replace": (
            f"key: {key}, entity: {taken}, /",
            f"{item} | None",
            f"return await self._replace({item}, key, entity)",
        ),
        "update": (
            f"key: {key}, /, **fields: Any",
            f"{item} | None",
            f"return await self._update({item}, key, fields)",
        ),
        "delete": (f"key: {key}, /", "None", "await self._delete(key)"),
    }
    if kind in made:
        parameters, result, call = made[kind]
        yield f"    async def {kind}(self, {parameters}) -> {result}:\n        {call}"


def _listing(function: ListFunction, annotations: Annotations) -> str:
    entity = annotations.python(Ref(function.entity))
    own = [each for each in function.path_parameters if f"/odata/{{{each.name}}}" not in function.path]
    keyed = f"({{{own[0].name}}})/" in function.path if own else False
    parameters = [f"{snake(each.name)}: {_python(each.type, annotations)}" for each in own]
    if keyed:
        parameters.insert(1, "/")
    named = [f"{each.name}={snake(each.name)}" for each in own[keyed:]]
    key = [snake(own[0].name)] if keyed else []
    name = _qualified(function.path)
    start = f"    def {snake(function.name)}("
    signature = fitted(start, ["self", *parameters], f") -> BoundQuery[{entity}, {entity}]:", "    ")
    return f"{signature}\n        return self._listing({', '.join([entity, name, *key, *named])})"


def _qualified(path: str) -> str:
    name = re.sub(r"\(.*", "", path.rpartition("/")[2])
    return f'"{name.removeprefix("UiPath.Server.Configuration.OData.")}"'


def _actions(facts: EntitySetFacts, document: Document, annotations: Annotations) -> Iterator[str]:
    """Write the actions on the whole set that answer with nothing."""
    for each in document.operations:
        if (
            each.method != "POST"
            or not re.fullmatch(rf"/odata/{facts.name}/[\w.]+", each.path)
            or each.answer
        ):
            continue
        if isinstance(each.body, Ref):
            yield _action(each, each.body.schema, document, annotations)


def _action(operation: Operation, schema: str, document: Document, annotations: Annotations) -> str:
    own = document.schemas[schema].properties
    parameters = [f"{snake(each.wire)}: {_python(each.type, annotations)}" for each in own]
    called = _CALLED.search(operation.path)
    start = f"    async def {snake(called['name'] if called else '')}("
    signature = fitted(start, ["self", "*", *parameters], ") -> None:", "    ")
    body = [f"{each.wire}={snake(each.wire)}" for each in own]
    call = fitted("        await self.action(", [_qualified(operation.path), *body], ")", "        ")
    return f"{signature}\n{call}"


def _python(type_: Type, annotations: Annotations) -> str:
    try:
        return annotations.python(type_)
    except KeyError:
        return "str"
