"""Percent-encoding as strict OData servers read it: in a query outside and inside literals, and in a path."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from itertools import starmap
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from uipath_odata.errors import QueryError
from uipath_odata.odata.bounds import URL_CHARACTERS
from uipath_odata.odata.expr.literals import literal_text
from uipath_odata.odata.plain import plain

__all__ = ["check_length", "encoded", "key_segment", "query_string"]

_LITERAL: Final = re.compile(r"('(?:[^']|'')*')")
# RFC 3986 query characters that OData itself uses outside of literals; a space is %20, never +.
_SYNTAX: Final = "(),:/*$@;=!"
_SYSTEM: Final = {"$count", "$expand", "$filter", "$orderby", "$select", "$skip", "$top"}
# What most texts are: nothing to escape but spaces and quotes.
_SIMPLE: Final = re.compile(r"[\w.~\-(),:/*$@;=! ]*(?:'[\w.~\- ]*'[\w.~\-(),:/*$@;=! ]*)*", re.ASCII)


def query_string(options: Mapping[str, str]) -> str:
    """Encode system query options: ``{"$filter": "Name eq 'a b'"}`` is ``$filter=Name%20eq%20%27a%20b%27``."""
    return "&".join(starmap(_option, options.items()))


@functools.lru_cache(maxsize=256)
def _option(name: str, text: str) -> str:
    # From page to page one option changes.
    return f"{name if name in _SYSTEM else encoded(name)}={encoded(text)}"


def encoded(text: str) -> str:
    """Encode one option's text; inside literals everything but unreserved characters is escaped."""
    if _SIMPLE.fullmatch(text):
        return text.replace(" ", "%20").replace("'", "%27")
    parts = _LITERAL.split(text)
    return "".join(_quoted(part, "" if place % 2 else _SYNTAX) for place, part in enumerate(parts))


def check_length(url: str) -> None:
    """Raise QueryError for a URL that is longer than gateways on the way accept."""
    if len(url) > URL_CHARACTERS:
        raise QueryError(
            f"the URL has {len(url)} characters and {URL_CHARACTERS} are safe: ask in several queries"
        )


def key_segment(value: Any) -> str:
    """Encode a key or a function's argument for a path: ``5``, ``'a%2Fb'``; parentheses and quotes stay literal."""
    value = plain(value)
    if not isinstance(value, int | str | UUID):
        raise QueryError(f"a key is an int, str or UUID, not {type(value).__name__}: give the entity's key")
    return _quoted(literal_text(value), "'")


def _quoted(text: str, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise QueryError(f"{text!r} holds half a surrogate pair, which no URL can carry: remove it") from None
