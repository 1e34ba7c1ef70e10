"""Python names for wire names, and how collisions are resolved."""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

__all__ = ["attributes", "class_names", "enum_candidates", "first_free", "snake", "unique"]

# What the types of the API calls by another name than the schema.
_RENAMED: Final = {"LogDto": "RobotLog"}
# Names that generated modules import, so that no class may take them.
_IMPORTED: Final = frozenset(
    {
        "Any",
        "Collection",
        "Entity",
        "JsonText",
        "Literal",
        "Navigation",
        "Ordered",
        "Property",
        "TYPE_CHECKING",
        "Timestamp",
        "TypeAlias",
        "UUID",
        "Values",
    }
)
# A class body looks names up in itself first: an attribute may not hide what annotations and defaults use.
_USED_IN_CLASS_BODIES: Final = frozenset(
    {"bool", "dict", "dt", "float", "int", "list", "mro", "prop", "self", "str"}
)

_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DTO: Final = re.compile(r"Dto(?=[A-Z]|$)")
_NOT_IN_NAMES: Final = re.compile(r"`\d+|\W")


def snake(wire: str) -> str:
    """Return the snake_case of a wire name: ``StudioXConcurrent`` is ``studio_x_concurrent``, and ``1st`` is ``x1st``."""
    name = _WORD_START.sub("_", re.sub(r"\W+", "_", wire).strip("_")).lower()
    return name if name[:1].isalpha() else f"x{name}"


def attributes(wires: Iterable[str], taken: Collection[str] = ()) -> Mapping[str, str]:
    """Return an attribute for each wire name of an entity; a name that is ``taken`` or cannot be used gets a ``_``."""
    listed = list(wires)
    return dict(zip(listed, unique(map(snake, listed), {*_USED_IN_CLASS_BODIES, *taken}), strict=True))


def unique(names: Iterable[str], taken: Collection[str] = ()) -> list[str]:
    """Return the names with a ``_`` after each that is a keyword, is ``taken`` or stands earlier in the list."""
    used = {*keyword.kwlist, *taken}
    settled: list[str] = []
    for stem in names:
        settled.append(next(name for n in itertools.count() if (name := stem + "_" * n) not in used))
        used.add(settled[-1])
    return settled


def class_names(schemas: Iterable[str]) -> Mapping[str, str]:
    """Return a class for each schema: ``JobDto`` becomes ``Job``, unless ``Job`` is a schema too."""
    named: dict[str, str] = {}
    # Schemas that need no change keep their names, whatever comes first.
    for schema in sorted(schemas, key=lambda schema: (_plain(schema) != schema, schema)):
        candidates = (_plain(schema), _identifier(schema))
        named[schema] = first_free(candidates, named.values())
    return named


def enum_candidates(enums: Iterable[str]) -> list[str]:
    """Return the names that equal enums could share, best first: the shortest one says least about who uses it."""
    return sorted({_without_stutter(_plain(enum)) for enum in enums}, key=lambda name: (len(name), name))


def first_free(candidates: Iterable[str], taken: Collection[str]) -> str:
    """Return the first candidate that is free; if all are taken, the last one with a number."""
    return next(name for name in _numbered(candidates) if name not in taken and name not in _IMPORTED)


def _numbered(candidates: Iterable[str]) -> Iterator[str]:
    last = ""
    for last in candidates:
        yield last
    for number in itertools.count(2):
        yield f"{last}{number}"


def _plain(schema: str) -> str:
    return _RENAMED.get(schema) or _DTO.sub("", _identifier(schema))


def _identifier(schema: str) -> str:
    return _NOT_IN_NAMES.sub("", schema)


def _without_stutter(name: str) -> str:
    # JobDtoJobPriority is JobPriority.
    return re.sub(r"^([A-Z][a-z]+)\1(?=[A-Z])", r"\1", name)
