"""Filter text to tokens: names, literals as Python values, and marks (OASIS ABNF, primitiveLiteral)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

import attrs

from uipath_odata.errors import InvalidInput, QueryError
from uipath_odata.odata.instant import Instant

__all__ = ["FilterToken", "Misplaced", "misplaced", "sendable", "tokens_of"]

What: TypeAlias = Literal["name", "value", "mark", "end"]

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t]+)
    |(?P<duration>duration'[^']*')
    |(?P<enum>[^\W\d]\w*(?:\.[^\W\d]\w*)*'(?:[^']|'')*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<guid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?!\w))
    |(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?(?![\w:.]))
    |(?P<date>\d{4}-\d\d-\d\d(?![\w-]))
    |(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?![\w:.]))
    |(?P<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?[dfmlDFML]?(?![\w.]))
    |(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    |(?P<mark>[(),/:])""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_DURATION: Final = re.compile(
    r"duration'(?P<sign>[+-]?)P(?=[\dT])(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})(?:\.(?P<microseconds>\d{1,6}))?S)?)?'",
    re.ASCII | re.IGNORECASE,
)
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_NAMES: Final = {"guid": "GUID", "moment": "date-time: write it with its zone, such as 2024-05-14T12:00:00Z"}
_UNCLOSED: Final = "is a text without its closing quote: quotes inside a text are doubled"
_SHOWN: Final = 40


class Misplaced(InvalidInput):
    """A filter is wrong at a place, and the text names it."""


@attrs.frozen
class FilterToken:
    """One piece of a filter: its text, its place, and a literal's value."""

    what: What
    text: str
    place: int
    value: Any = None

    @property
    def word(self) -> str:
        """The text in lower case: OData's words may be written in any case."""
        return self.text.lower()


def tokens_of(text: str) -> Iterator[FilterToken]:
    """Yield the tokens of a filter, an ``end`` last; raises QueryError at the first character that starts none."""
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise misplaced(text, place, _UNCLOSED if text[place] == "'" else "cannot stand in a filter")
        kind = found.lastgroup
        if kind != "space":
            yield _token(str(kind), found[0], text, place)
        place = found.end()
    yield FilterToken("end", "", place)


def misplaced(text: str, place: int, problem: str) -> Misplaced:
    """Return the error for a place of the filter, which shows only the filter's own text."""
    shown = text[place : place + _SHOWN]
    where = f"{shown!r} at character {place + 1}" if shown else "the end of the filter"
    return Misplaced(f"{where} {problem}")


def _token(kind: str, found: str, text: str, place: int) -> FilterToken:
    if kind == "mark":
        return FilterToken("mark", found, place)
    if kind == "name":
        word = found.lower()
        return (
            FilterToken("value", found, place, _CONSTANTS[word])
            if word in _CONSTANTS
            else FilterToken("name", found, place)
        )
    try:
        return FilterToken("value", found, place, _READ[kind](found))
    except (ValueError, OverflowError, InvalidOperation):  # QueryError is a ValueError
        raise misplaced(text, place, f"is not a valid {_NAMES.get(kind, kind)}") from None


def _text(found: str) -> str:
    return sendable(found[found.index("'") + 1 : -1].replace("''", "'"))


def sendable(text: str) -> str:
    """Return a text; raise ValueError for NUL, which many gateways refuse in a URL, and for half of a surrogate pair."""
    if "\0" in text:
        raise ValueError(text)
    return text.encode().decode()


def _moment(found: str) -> Instant:
    if not re.search(r"(?:Z|[+-]\d\d:\d\d)$", found, re.IGNORECASE):
        raise QueryError("no time zone")
    return Instant.parse(found.upper())


def _number(found: str) -> int | float | Decimal:
    suffix = found[-1].lower()
    digits = found.rstrip("dfmlDFML")
    if suffix in "df" or "e" in digits.lower():
        return _finite(float(digits))
    whole = "." not in digits and suffix != "m" and -(2**63) <= int(digits) < 2**63
    return int(digits) if whole else Decimal(digits)


def _finite(number: float) -> float:
    if number in (float("inf"), float("-inf")):
        raise OverflowError
    return number


def _duration(found: str) -> dt.timedelta:
    match = _DURATION.fullmatch(found)
    if match is None:
        raise ValueError(found)
    sign, days, hours, minutes, seconds, fraction = match.groups(default="0")
    microseconds = int(fraction.ljust(6, "0"))
    span = dt.timedelta(int(days), int(seconds), microseconds, 0, int(minutes), int(hours))
    return -span if sign == "-" else span


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "duration": _duration,
    "enum": _text,
    "text": _text,
    "guid": UUID,
    "moment": _moment,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "number": _number,
}
