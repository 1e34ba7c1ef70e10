"""Join the texts about an API to operations, parameters and properties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

import attrs

from uipath_odata.generate.decide.method import title_of
from uipath_odata.generate.read.document import ApiOperation, Document, Parameter, Schema
from uipath_odata.generate.read.texts import Phrases, Texts

__all__ = ["described"]


def described(document: Document, texts: Texts) -> Document:
    """Return the document with its texts; raise ValueError for a text about something that it does not have."""
    if unknown := sorted(_unknown(document, texts)):
        raise ValueError(f"the document has no {', '.join(unknown)}: correct or delete these texts")
    return attrs.evolve(
        document,
        operations=tuple(_operation(each, texts) for each in document.operations),
        schemas={name: _schema(each, texts.properties) for name, each in document.schemas.items()},
        tags=texts.tags,
    )


def _operation(operation: ApiOperation, texts: Texts) -> ApiOperation:
    title = title_of(operation)

    def told(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
        return tuple(attrs.evolve(each, text=texts.parameters.of(title, each.name)) for each in parameters)

    return attrs.evolve(
        operation,
        text=texts.operations.get(title, ""),
        path_parameters=told(operation.path_parameters),
        query_parameters=told(operation.query_parameters),
        header_parameters=told(operation.header_parameters),
    )


def _schema(schema: Schema, phrases: Phrases) -> Schema:
    told = (attrs.evolve(each, text=phrases.of(schema.name, each.wire)) for each in schema.properties)
    return attrs.evolve(schema, properties=tuple(told))


def _unknown(document: Document, texts: Texts) -> Iterator[str]:
    titles = {title_of(each): each for each in document.operations}
    parameters: defaultdict[str, set[str]] = defaultdict(set)
    for title, operation in titles.items():
        for place in (title, title.partition(".")[0]):
            parameters[place] |= {each.name for each in operation.parameters}
    properties = {name: {each.wire for each in found.properties} for name, found in document.schemas.items()}
    yield from texts.operations.keys() - titles
    yield from texts.tags.keys() - parameters
    yield from _unknown_phrases(texts.parameters, parameters)
    yield from _unknown_phrases(texts.properties, properties)


def _unknown_phrases(phrases: Phrases, known: Mapping[str, AbstractSet[str]]) -> Iterator[str]:
    yield from phrases.shared.keys() - {name for names in known.values() for name in names}
    for place, own in phrases.own.items():
        yield from (f"{place}.{name}" for name in own if name not in known.get(place, ()))
