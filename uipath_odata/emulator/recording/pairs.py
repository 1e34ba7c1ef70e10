"""Pairs of request and answer in a file, one JSON object per line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.recording.requests import Asked

FILE = "pairs.jsonl"
# Headers that tell nothing of a tenant.
KEPT_HEADERS = frozenset({
    *("content-type", "retry-after", "api-supported-versions"),
    *("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
})  # fmt: skip
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@attrs.frozen
class Pair:
    """A request and what a tenant answered; ``body`` is the masked JSON, ``size`` the bytes of an answer that is not JSON."""

    asked: Asked
    status: int
    headers: Mapping[str, str] = _NO_HEADERS
    body: Any = None
    size: int = 0


def line(pair: Pair) -> bytes:
    """Write a pair as a line."""
    return orjson.dumps(attrs.asdict(pair) | {"headers": dict(pair.headers)}) + b"\n"


def read(folder: Path) -> list[Pair]:
    """Return the pairs of a recording; raise ValueError for a line that is not a pair, or a folder without any."""
    path = folder / FILE
    if not path.is_file():
        raise ValueError(f"{folder} has no {FILE}: record one with --record URL --into {folder}")
    return [
        _pair(text, f"{path}, line {number}") for number, text in enumerate(path.read_bytes().splitlines(), 1)
    ]


def _pair(text: bytes, place: str) -> Pair:
    try:
        content: dict[str, Any] = orjson.loads(text)
        asked: dict[str, Any] = content.pop("asked")
        asked["query"] = tuple((name, value) for name, value in asked["query"])
        asked["folder"] = asked["folder"] and tuple(asked["folder"])
        return Pair(Asked(**asked), **content)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{place} is not a pair: {error}") from error
