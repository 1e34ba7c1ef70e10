"""Read ``texts.toml``: what hover and ``help()`` say about Orchestrator's API."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

__all__ = ["Phrases", "Texts", "load_texts"]

_FILE: Final = Path(__file__).parents[1] / "texts.toml"
_ABOUT: Final = "about"


@attrs.frozen
class Phrases:
    """Phrases by wire name: those of one operation, owner or schema, and those that hold everywhere."""

    own: Mapping[str, Mapping[str, str]]
    shared: Mapping[str, str]

    def of(self, place: str, name: str) -> str:
        """Return the phrase for a name in ``Jobs.StartJobs``, else in ``Jobs``, else the shared one, else nothing."""
        places = (place, place.partition(".")[0])
        own = (self.own[each][name] for each in places if name in self.own.get(each, ()))
        return next(own, self.shared.get(name, ""))


@attrs.frozen
class Texts:
    """Sentences and phrases about one API."""

    tags: Mapping[str, str]
    """What an entity set or tag is for."""
    operations: Mapping[str, str]
    """A sentence for each operation by its title, such as ``Jobs.StartJobs``."""
    parameters: Phrases
    """Phrases for parameters, by the title or the owner of an operation."""
    properties: Phrases
    """Phrases for properties, by schema."""


def load_texts() -> Texts:
    """Read the texts that are committed here."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    owners: Mapping[str, Mapping[str, str]] = read["operations"]
    return Texts(
        tags={owner: each[_ABOUT] for owner, each in owners.items() if _ABOUT in each},
        operations={
            f"{owner}.{name}": text
            for owner, each in owners.items()
            for name, text in each.items()
            if name != _ABOUT
        },
        parameters=_phrases(read["parameters"]),
        properties=_phrases(read["properties"]),
    )


def _phrases(table: Mapping[str, str | Mapping[str, str]]) -> Phrases:
    own = {name: each for name, each in table.items() if not isinstance(each, str)}
    return Phrases(own, {name: each for name, each in table.items() if isinstance(each, str)})
