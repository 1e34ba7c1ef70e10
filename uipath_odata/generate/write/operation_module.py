"""Write one module of operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from uipath_odata.generate.decide.api_guide import with_guide_name
from uipath_odata.generate.decide.base_classes import base_class
from uipath_odata.generate.decide.call_types import CallTypes
from uipath_odata.generate.decide.method import Method
from uipath_odata.generate.decide.package_layout import PackageLayout
from uipath_odata.generate.read.document import Ref
from uipath_odata.generate.write.docstring import docstring
from uipath_odata.generate.write.method_text import constant, lines
from uipath_odata.generate.write.source import HEADER, importing, vertical

__all__ = ["operation_module"]

_TEXTS: Final = re.compile(r'"""(?:[^\\]|\\.)*?"""|"[^"]*"|(?<=entities)\.\w+', re.DOTALL)
_FRAME: Final = '''{header}
"""Operations of Orchestrator: {owner}."""

from __future__ import annotations

{imports}

{constants}


class {owner}({base}):
{docstring}

{facts}

{methods}
'''
_STANDARD: Final = {
    "collections.abc": frozenset({"Mapping", "Sequence"}),
    "typing": frozenset({"Any", "Self", "TYPE_CHECKING", "TypedDict", "Unpack", "overload"}),
    "uuid": frozenset({"UUID"}),
}
_OWN: Final = {
    "uipath_odata.execution.bound_query": frozenset({"BoundQuery"}),
    "uipath_odata.resources.resource": frozenset({"Tag", "request_body", "unwrapped"}),
    "uipath_odata.resources.entity_set": frozenset({"EntitySet"}),
    "uipath_odata.resources.files.attachment_files": frozenset({"AttachmentFiles"}),
    "uipath_odata.resources.files.bucket_files": frozenset({"BucketFiles"}),
    "uipath_odata.resources.files.package_files": frozenset({"PackageFiles"}),
    "uipath_odata.resources.files.rule_files": frozenset({"RuleFiles"}),
    "uipath_odata.odata.rows.encode": frozenset({"body_of"}),
    "uipath_odata.odata.instant": frozenset({"Instant"}),
    "uipath_odata.calls.operation": frozenset({"Operation"}),
}
# Kept in Elasticsearch, which lets nobody skip beyond its window.
_IN_WINDOW: Final = frozenset({"RobotLogs"})


def operation_module(
    owner: str, about: str, methods: Sequence[Method], layout: PackageLayout, types: CallTypes
) -> str:
    """Return the text of the module with the class of an entity set or tag."""
    listing = next((each for each in methods if each.kind == "list"), None)
    base = base_class(owner)
    written = [each for each in methods if each.title.partition(".")[2] not in base.operations]
    parts = {
        "constants": "\n".join(constant(each) for each in methods),
        "base": f'{base.name}["{types.entity(listing.row)}"]' if listing else "Tag",
        "docstring": docstring("    ", about, f"{with_guide_name(owner)}: {_what(owner, listing)}"),
        "facts": "\n".join(_facts(methods, types)),
        "methods": "\n\n".join(text for each in written for text in lines(each, types)),
    }
    changes = [_changes(each, layout, types) for each in methods if each.kind == "update"]
    code = _TEXTS.sub("", "\n".join([*parts.values(), *changes]))
    used = set(re.findall(r"\w+", code))
    imports = "\n\n".join(filter(None, [*_imports(used), *changes]))
    return _FRAME.format(header=HEADER, owner=owner, imports=imports, **parts).rstrip() + "\n"


def _what(owner: str, listing: Method | None) -> str:
    return f"all entities of /odata/{owner} and what is done with them" if listing else "its operations"


def _facts(methods: Sequence[Method], types: CallTypes) -> Iterator[str]:
    for each in methods:
        if each.kind == "list":
            cap = each.operation.options.get("$top")
            yield f"    __entity__ = {types.entity(each.row)}"
            yield from [f"    _page_cap = {cap}"] if cap not in {None, 1_000} else []
            yield from [] if each.paged else ["    _paged = False"]
            yield from ["    _in_window = True"] if each.title.removesuffix(".list") in _IN_WINDOW else []
    names = (f'"{each.name}": {each.constant}' for each in methods)
    yield vertical("    __operations__ = {", names, "}", "    ")


def _changes(method: Method, layout: PackageLayout, types: CallTypes) -> str:
    """Write the fields that an update takes; each may also be None."""
    held = method.operation.body
    schema = held.schema if isinstance(held, Ref) else ""
    fields = (
        f"        {attribute}: {types.argument(each.type)} | None".replace("Any | None", "Any")
        for attribute, each in layout.fields(schema)
        if not each.read_only
    )
    head = f"    class {types.classes[schema]}Changes(TypedDict, total=False):"
    return "\n".join(["if TYPE_CHECKING:", "", head, *fields, ""])


def _imports(used: AbstractSet[str]) -> Iterator[str]:
    standard = ["import datetime as dt"] if "dt" in used else []
    standard += [importing(module, names & used) for module, names in _STANDARD.items() if names & used]
    yield "\n".join(standard)
    yield "\n".join(importing(module, names & used) for module, names in sorted(_OWN.items()) if names & used)
    yield "from .. import entities" if "entities" in used else ""
