"""Objects of the schema that are partly there: members left out, other members of enums, other texts, empty lists."""

from __future__ import annotations

import random
from typing import Any

import attrs

from uipath_odata.emulator.data.schema import EntityType, Property, Schema

_TEXTS = ("", "sample", "1", "{}", "[]", "null", "2024-05-14")
_NUMBERS = (0, 1, 2, -1)


@attrs.frozen
class Partly:
    """Changes objects of the schema at random; each member stays with the probability ``share``."""

    api: Schema
    random: random.Random
    share: float

    def object(self, type_: EntityType, whole: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in whole.items() if self.random.random() < self.share}
        return {name: self._value(type_.find(name), value) for name, value in kept.items()}

    def _value(self, found: Property | None, value: Any) -> Any:
        if found is None:
            return value
        if found.many:
            single = attrs.evolve(found, many=False, kind=found.element or "document")
            return [self._value(single, each) for each in value for _ in range(self.random.choice((0, 1, 2)))]
        if found.target is not None and isinstance(value, dict):
            return self.object(self.api.types[found.target], value)
        return self._scalar(found, value)

    def _scalar(self, found: Property, value: Any) -> Any:
        choose = self.random.choice
        if found.members:
            return choose(found.members)
        if type(value) is bool:
            return choose((True, False))
        if type(value) is int:
            return choose((*_NUMBERS, value))
        return choose((*_TEXTS, value)) if found.kind == "string" and not found.format else value
