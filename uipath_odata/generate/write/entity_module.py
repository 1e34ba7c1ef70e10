"""Write one module of entities."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from uipath_odata.generate.decide.modules import Home
from uipath_odata.generate.decide.package_layout import PackageLayout
from uipath_odata.generate.decide.property_types import PropertyTypes, path_class
from uipath_odata.generate.read.document import Ref, Schema, SchemaProperty
from uipath_odata.generate.write.docstring import attribute_docstring, docstring, listed
from uipath_odata.generate.write.source import HEADER, fitted, importing

__all__ = ["entity_module"]

_DESCRIPTORS: Final = frozenset(
    {"Collection", "JsonText", "Navigation", "Ordered", "Property", "Timestamp", "Values"}
)
# What an annotation uses of other modules: of entities.Job, entities alone.
_NAME: Final = re.compile(r"(?<![.\w])\w+")
_FRAME: Final = '''{header}
"""{package} of Orchestrator: {module}."""

from __future__ import annotations

{imports}


{classes}
'''


_PATH_CLASS: Final = '''if TYPE_CHECKING:

    class {path_class}({name}, Nested):
        """{name}, reached through another entity."""'''


def entity_module(layout: PackageLayout, home: Home) -> str:
    """Return the text of the module."""
    schemas = layout.module(home)
    types = PropertyTypes(home.package, layout.homes, layout.classes, layout.aliases)
    related = _related(layout)
    return _FRAME.format(
        header=HEADER,
        package=home.package.capitalize(),
        module=home.module,
        imports=_imports(layout, home, schemas, types, related),
        classes="\n\n\n".join(
            text for schema in schemas for text in _classes(layout, schema, types, related)
        ),
    )


def _related(layout: PackageLayout) -> AbstractSet[str]:
    """Return the schemas that are reached through others."""
    types = (each.type for schema in layout.schemas.values() for each in schema.properties)
    return {type_.schema for type_ in types if isinstance(type_, Ref)}


def _classes(
    layout: PackageLayout, schema: Schema, types: PropertyTypes, related: AbstractSet[str]
) -> Iterator[str]:
    yield _class(layout, schema, types)
    if schema.name in related:
        name = layout.classes[schema.name]
        yield _PATH_CLASS.format(name=name, path_class=path_class(name))


def _class(layout: PackageLayout, schema: Schema, types: PropertyTypes) -> str:
    bases = ", ".join(layout.classes[base] for base in schema.bases) or "Entity"
    attributes = layout.attributes(schema)
    rows = "".join(f", a row of {path}" for path in layout.paths.get(schema.name, ()))
    phrases = [(attributes[each.wire], each.text) for each in schema.properties]
    about = docstring(
        "    ", f"Orchestrator's {schema.name}{rows}.", schema.text, listed("    ", "Attributes", phrases)
    )
    properties = [
        line
        for each in schema.properties
        for line in _property(each, attributes[each.wire], types, read_only=schema.name in layout.sent)
    ]
    return "\n".join(
        [
            "@entity",
            f"class {layout.classes[schema.name]}({bases}):",
            about,
            "",
            *properties,
        ]
    ).rstrip()


def _property(
    each: SchemaProperty, attribute: str, types: PropertyTypes, *, read_only: bool
) -> Iterator[str]:
    options = ["read_only=True"] if each.read_only and read_only else []
    start = f"    {attribute}: {types.of(each.type)} = prop("
    yield fitted(start, [f'"{each.wire}"', *options], ")", "    ")
    if each.text:
        yield attribute_docstring("    ", each.text)


def _imports(
    layout: PackageLayout,
    home: Home,
    schemas: Sequence[Schema],
    types: PropertyTypes,
    related: AbstractSet[str],
) -> str:
    used = {word for each in schemas for word in _words(each, types)}
    bases = {layout.classes[base] for each in schemas for base in each.bases}
    runtime = used & _DESCRIPTORS | {"entity", "prop"} | {"Entity" for each in schemas if not each.bases}
    paths = {path_class(layout.classes[name]): layout.homes[layout.classes[name]] for name in related}
    own = ["    from uipath_odata.odata.entity import Nested"] if home in paths.values() else []
    siblings = _siblings({**layout.homes, **paths}, used - bases, home, "    ")
    later = [*own, *([""] if own and siblings else []), *siblings]
    blocks = [
        _standard(used | {"TYPE_CHECKING" for _ in later}),
        [importing("uipath_odata.odata.entity", runtime)],
        [*(["from .. import entities"] if "entities" in used else []), *_siblings(layout.homes, bases, home)],
        ["if TYPE_CHECKING:", *later] if later else [],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _words(schema: Schema, types: PropertyTypes) -> list[str]:
    return [word for each in schema.properties for word in _NAME.findall(types.of(each.type))]


def _standard(used: AbstractSet[str]) -> list[str]:
    typing = used & {"Any", "TYPE_CHECKING"}
    return [
        *(["import datetime as dt"] if "dt" in used else []),
        *([importing("typing", typing)] if typing else []),
        *(["from uuid import UUID"] if "UUID" in used else []),
    ]


def _siblings(homes: Mapping[str, Home], names: Iterable[str], home: Home, indent: str = "") -> list[str]:
    found: defaultdict[Home, list[str]] = defaultdict(list)
    for name in names:
        if homes.get(name, home) != home:
            found[homes[name]].append(name)
    # The formatter's order: those further away first.
    ordered = sorted(found, key=lambda each: (each.package == home.package, each))
    return [importing(home.path_to(each), found[each], indent) for each in ordered]
