"""The Python names and modules that a document's schemas get in one package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import attrs

from uipath_odata.generate.decide.entity_sets import entity_sets
from uipath_odata.generate.decide.enum_aliases import EnumAlias, enum_aliases
from uipath_odata.generate.decide.modules import ENTITIES, EVENTS, Home, modules
from uipath_odata.generate.decide.naming import attributes, class_names
from uipath_odata.generate.read.document import Document, Schema, SchemaProperty, enums
from uipath_odata.generate.read.json_texts import with_json_texts

__all__ = ["ENUMS", "PackageLayout", "package_layout"]

ENUMS: Final = "enums"


@attrs.frozen
class PackageLayout:
    """The schemas of a document with the names and modules that they get."""

    schemas: Mapping[str, Schema]
    modules: Mapping[str, Home]
    """The module of each schema."""
    classes: Mapping[str, str]
    """The class of each schema."""
    aliases: Mapping[str, EnumAlias]
    """The alias of each enum."""
    paths: Mapping[str, tuple[str, ...]]
    """The paths of the entity sets that list a schema."""
    sent: AbstractSet[str]
    """The schemas that a body may hold."""
    event_enums: AbstractSet[str]
    """The enums that events alone use."""

    @property
    def homes(self) -> Mapping[str, Home]:
        """The module of each public name, in alphabetical order of the names."""
        homes = {self.classes[schema]: home for schema, home in self.modules.items()}
        homes |= {
            alias.name: Home(EVENTS if enum in self.event_enums else ENTITIES, ENUMS)
            for enum, alias in self.aliases.items()
        }
        return dict(sorted(homes.items()))

    def module(self, name: Home) -> list[Schema]:
        """Return the schemas of a module in the order of their classes, bases before what inherits them."""
        waiting = sorted(
            (s for s, home in self.modules.items() if home == name), key=self.classes.__getitem__
        )
        ordered: list[Schema] = []
        while waiting:
            ready = [each for each in waiting if set(waiting).isdisjoint(self.schemas[each].bases)]
            ordered += [self.schemas[each] for each in ready]
            waiting = [each for each in waiting if each not in ready]
        return ordered

    def attributes(self, schema: Schema) -> Mapping[str, str]:
        """Return the schema's own attributes by wire name, without those that it inherits."""
        return attributes((each.wire for each in schema.properties), set(self._inherited(schema)))

    def fields(self, schema: str) -> Iterator[tuple[str, SchemaProperty]]:
        """Yield every attribute of a schema's class with its property, inherited ones first."""
        for base in self.schemas[schema].bases:
            yield from self.fields(base)
        named = self.attributes(self.schemas[schema])
        for each in self.schemas[schema].properties:
            yield named[each.wire], each

    def _inherited(self, schema: Schema) -> Iterator[str]:
        for base in schema.bases:
            yield from self.attributes(self.schemas[base]).values()
            yield from self._inherited(self.schemas[base])


def package_layout(document: Document) -> PackageLayout:
    """Return the layout of a document."""
    classes = class_names(document.schemas)
    paths: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for facts in entity_sets(document).values():
        if facts.entity:
            paths[facts.entity] += (f"/odata/{facts.name}",)
    found = enum_aliases(document.enums, classes.values())
    schemas = with_json_texts(document.schemas)
    homes = modules(document)
    event_enums = _event_enums(document, homes, found)
    return PackageLayout(schemas, homes, classes, found, paths, document.sent, event_enums)


def _event_enums(
    document: Document, homes: Mapping[str, Home], aliases: Mapping[str, EnumAlias]
) -> AbstractSet[str]:
    """Return the enums whose aliases no entity and no operation uses."""
    events = {
        enum
        for schema, home in homes.items()
        if home.package == EVENTS
        for each in document.schemas[schema].properties
        for enum in enums(each.type)
    }
    elsewhere = {alias for enum, alias in aliases.items() if enum not in events}
    return {enum for enum in events if aliases[enum] not in elsewhere}
