"""What an error body says, in every shape that Orchestrator and its gateways use."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import attrs
import orjson

__all__ = ["Problem", "read_problem"]

_READ = 8_192
_LONGEST = 500
_LONGEST_PAGE = 200
_INVISIBLE = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
# A gateway may repeat the request's header, or name the token that it refuses.
_TOKEN = re.compile(r"(?i:bearer)\s+[\w.~+/=-]{8,}|eyJ[\w.-]{8,}")


@attrs.frozen
class Problem:
    """Orchestrator's words for an error, safe to show."""

    message: str = ""
    error_code: int | None = None
    trace_id: str | None = None


def read_problem(body: bytes) -> Problem:
    """Read JSON of any known shape, else the visible text of a page; never fails."""
    try:
        facts = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return Problem(_visible(body))
    if not isinstance(facts, dict):
        return Problem(_shown(facts) if isinstance(facts, str) else "")
    return _of(_lower(facts))


def _of(facts: dict[str, Any]) -> Problem:
    error = facts.get("error")
    inner = _lower(error) if isinstance(error, dict) else {}
    candidates = (
        facts.get("message"),
        inner.get("message"),
        facts.get("errormessage"),
        facts.get("error_description"),
        error,
        _listed(facts.get("result")),
        facts.get("title"),
    )
    message = next((text for text in candidates if isinstance(text, str) and text.strip()), "")
    more = _details(inner.get("details")) or _fields(facts.get("errors")) or facts.get("detail")
    code = facts.get("errorcode", inner.get("code"))
    trace = facts.get("traceid")
    return Problem(
        _shown(f"{message} {more}" if isinstance(more, str) and more != message else message),
        _number(code),
        _shown(trace)[:100] if isinstance(trace, str) else None,
    )


def _lower(facts: dict[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in facts.items()}


def _details(details: Any) -> str:
    """ABP: a text, or a list of objects with a message."""
    if isinstance(details, list):
        return "; ".join(str(each.get("message", "")) for each in details if isinstance(each, dict))
    return details if isinstance(details, str) else ""


def _fields(errors: Any) -> str:
    """RFC 9457 as ASP.NET writes it: field to messages."""
    if not isinstance(errors, dict):
        return ""
    return "; ".join(
        f"{name}: {' '.join(map(str, texts))}" for name, texts in errors.items() if isinstance(texts, list)
    )


def _listed(result: Any) -> str | None:
    """Identity's bulk answers: a list of codes and descriptions."""
    errors = result.get("errors") if isinstance(result, dict) else None
    if not isinstance(errors, list):
        return None
    return "; ".join(str(each.get("description", "")) for each in errors if isinstance(each, dict))


def _number(code: Any) -> int | None:
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,9}", code):
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _visible(page: bytes) -> str:
    text = page[:_READ].decode("utf-8", "replace")
    return _shown(unescape(_INVISIBLE.sub(" ", text)))[:_LONGEST_PAGE]


def _shown(text: str) -> str:
    return _TOKEN.sub("***", _CONTROL.sub(" ", text[:_READ])).strip()[:_LONGEST]
