"""Repairs filter text, token by token, where the parser odata-query refuses what OData 4.0 allows.

The text of string literals is never touched. What is repaired:

- ``123L``: the Int64 suffix that Orchestrator takes is dropped;
- ``in ('a')``: a list of one gets the comma that the parser tells it from parentheses by;
- ``not(…)``: gets its space;
- ``AllowedX``, ``anyThing``, ``NullableY``, ``TrueZ``: names that begin with a word of the language get a namespace, which nobody reads;
- ``0001-01-01T00:00:00Z``: years below 1000 become calls of ``edm.DateTimeOffset`` and ``edm.Date`` with the text;
- ``07:59``: a time of day gets its seconds;
- ``Sales.Pattern'Yellow'``: an enum literal loses its type name;
- tabs, and spaces around the whole or just inside parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<string>(?P<prefix>[A-Za-z_][\w.]*)?'(?:[^']|'')*')
    | (?P<guid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})
    | (?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)?)
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)
    | (?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?P<suffix>L)?(?!\w)
    | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD_AT_START = re.compile(r"(?:any|all|true|false|null)", re.IGNORECASE)
_LITERAL_PREFIXES = {"duration", "geography"}
_WORDS = {"true", "false", "null"}


def repaired(text: str) -> str:
    """Return filter text that means the same and that odata-query can read."""
    tokens = list(_TOKEN.finditer(text.strip()))
    texts = [_repaired_token(tokens, index) for index in range(len(tokens))]
    for comma in _commas_after_single_members(tokens):
        texts[comma] = "," + texts[comma]
    return "".join(texts)


def _repaired_token(tokens: list[re.Match[str]], index: int) -> str:
    token = tokens[index]
    text = token[0]
    match token.lastgroup:
        case "string" | "prefix" if token["prefix"] and token["prefix"].lower() not in _LITERAL_PREFIXES:
            text = text[len(token["prefix"]) :]
        case "instant" | "date" if text.startswith("0"):
            text = f"edm.{'DateTimeOffset' if token.lastgroup == 'instant' else 'Date'}('{text}')"
        case "time" if text.count(":") == 1:
            text = f"{text}:00"
        case "number" | "suffix":
            text = token["number"]
        case "name":
            text = _repaired_name(text, _text_at(tokens, index + 1))
        case "space":
            inside = _text_at(tokens, index - 1) == "(" or _text_at(tokens, index + 1) == ")"
            text = "" if inside else " "
        case _:
            pass
    return text


def _repaired_name(name: str, following: str) -> str:
    if following == "(":
        return f"{name} " if name.lower() in {"not", "in", "and", "or"} else name
    if _WORD_AT_START.match(name) and name.lower() not in _WORDS:
        return f"property.{name}"
    return name


def _commas_after_single_members(tokens: list[re.Match[str]]) -> Iterator[int]:
    """Find the closing parenthesis of each ``in (x)`` with one member."""
    for index, token in enumerate(tokens):
        if token[0].lower() == "in" and _is_operator(tokens, index):
            closing = _closing(tokens, index + 2)
            if closing is not None:
                yield closing


def _is_operator(tokens: list[re.Match[str]], index: int) -> bool:
    return _text_at(tokens, index - 1).isspace() and _text_at(tokens, index + 2) == "("


def _closing(tokens: list[re.Match[str]], opening: int) -> int | None:
    """Return the index of the parenthesis that closes a list of one member; None for more members or none."""
    depth = 0
    for index in range(opening, len(tokens)):
        match tokens[index][0]:
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if depth == 0:
                    empty = all(token[0].isspace() for token in tokens[opening + 1 : index])
                    return None if empty else index
            case "," if depth == 1:
                return None
            case _:
                continue
    return None


def _text_at(tokens: list[re.Match[str]], index: int) -> str:
    return tokens[index][0] if 0 <= index < len(tokens) else ""
