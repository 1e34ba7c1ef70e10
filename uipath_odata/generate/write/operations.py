"""Write a package of operations: a module for each entity set and tag, and the class that offers all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from uipath_odata.generate.decide.base_classes import base_class
from uipath_odata.generate.decide.call_types import CallTypes
from uipath_odata.generate.decide.method import Method, method, operation_name, owner_of
from uipath_odata.generate.decide.naming import snake, unique
from uipath_odata.generate.decide.package_layout import PackageLayout, package_layout
from uipath_odata.generate.read.document import ApiOperation, Document
from uipath_odata.generate.write.operation_module import operation_module
from uipath_odata.generate.write.sets_package import sets_package
from uipath_odata.resources.entity_set import EntitySet
from uipath_odata.resources.resource import Tag

__all__ = ["package"]

_ORDER: Final = ("list", "get", "create", "replace", "update", "delete")


def package(document: Document) -> Mapping[str, str]:
    """Return the text of each file of a package of operations by the file's name."""
    decided = package_layout(document)
    types = CallTypes(decided.classes, decided.aliases)
    owners = _owners(document)
    abouts = {owner: _about(owner, operations, document) for owner, operations in owners.items()}
    modules = {
        f"{snake(owner)}.py": operation_module(
            owner, abouts[owner], _methods(owner, operations, decided, types), decided, types
        )
        for owner, operations in owners.items()
    }
    return {"__init__.py": sets_package(abouts), **modules}


def left_out(document: Document) -> Sequence[ApiOperation]:
    """Return the operations that take a form and have no hand-written method."""
    return [each for each in document.operations if not _is_callable(each, document)]


def _about(owner: str, operations: Iterable[ApiOperation], document: Document) -> str:
    """Return what the list of an entity set has or what a tag is for, where the document says it."""
    listed = (each.text for each in operations if operation_name(each, owner) == "list")
    return next(listed, "") or document.tags.get(owner, "")


def _owners(document: Document) -> Mapping[str, list[ApiOperation]]:
    """Return the operations of each entity set, and of each tag for paths outside the sets, without those left out."""
    owners: defaultdict[str, list[ApiOperation]] = defaultdict(list)
    for each in document.operations:
        if _is_callable(each, document):
            owners[owner_of(each)].append(each)
    return dict(sorted(owners.items()))


def _is_callable(operation: ApiOperation, document: Document) -> bool:
    owner = owner_of(operation)
    by_hand = operation_name(operation, owner) in base_class(owner).operations
    listed = any(each.method == "GET" and each.path == f"/odata/{owner}" for each in document.operations)
    return not operation.multipart or (by_hand and listed)


def _methods(
    owner: str, operations: Iterable[ApiOperation], decided: PackageLayout, types: CallTypes
) -> list[Method]:
    made = [method(each, owner, decided, types) for each in operations]
    ranked = sorted(made, key=lambda each: _ORDER.index(each.name) if each.name in _ORDER else len(_ORDER))
    base = EntitySet if any(each.kind == "list" for each in made) else Tag
    names = unique([_plain(each) for each in ranked], {name for name in dir(base) if name[0] != "_"})
    return [attrs.evolve(each, name=name) for each, name in zip(ranked, names, strict=True)]


def _plain(each: Method) -> str:
    return "list" if each.kind == "list" else each.name
