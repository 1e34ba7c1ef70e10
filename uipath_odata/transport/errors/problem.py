"""What an error body says, in every shape that Orchestrator and its gateways use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard
from urllib.parse import quote

import attrs
import orjson

from uipath_odata.auth.secret import Secret
from uipath_odata.odata.page_text import visible_text

__all__ = ["Problem", "masked", "read_problem"]

_READ = 8_192
_LONGEST = 500
_LONGEST_PAGE = 200
_DEEPEST = 2
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
# A gateway may repeat the request's header, or name a token that it refuses.
_TOKEN = re.compile(r"(?i:bearer)\s+[\w.~+/=-]{8,}|eyJ[\w.-]{8,}")


@attrs.frozen
class Problem:
    """Orchestrator's words for an error, safe to show."""

    message: str = ""
    error_code: int | None = None
    trace_id: str | None = None


def read_problem(body: bytes, secrets: Iterable[Secret] = ()) -> Problem:
    """Read JSON of any known shape, else the visible text of a page; never fails, and shows none of the secrets."""
    secrets = tuple(secrets)
    # Before as well as after reading: what is shown may be cut in the middle of one.
    for text in _spellings(secrets):
        body = body.replace(text.encode(), b"***")
    problem = _read(body)
    return attrs.evolve(problem, message=masked(problem.message, secrets))


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text without these secrets."""
    for each in _spellings(secrets):
        text = text.replace(each, "***")
    return text


def _spellings(secrets: Iterable[Secret]) -> Iterator[str]:
    for secret in secrets:
        yield from {secret.reveal(), quote(secret.reveal(), safe="")}


def _read(body: bytes) -> Problem:
    try:
        # Gateways write other charsets than JSON's.
        facts = orjson.loads(body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return Problem(_visible(body))
    return _of(facts)


def _of(answer: Any, depth: int = 0) -> Problem:
    if isinstance(answer, str):
        return Problem(_shown(answer))
    facts = _object(answer)
    error = _object(facts.get("error"))
    message = _first(
        facts.get("message"),
        error.get("message"),
        facts.get("errormessage"),
        facts.get("error_description"),
        facts.get("error"),
        _joined(_object(facts.get("result")).get("errors"), "description"),
        facts.get("title"),
    )
    if depth < _DEEPEST and message[:1] in {"{", "["} and (inner := _inner(message)) is not None:
        # Services pass on what other services answered, as a text.
        problem = _of(inner, depth + 1)
        code = _number(facts.get("errorcode", error.get("code")))
        return attrs.evolve(problem, error_code=code if problem.error_code is None else problem.error_code)
    more = _first(
        error.get("details"),
        _joined(error.get("details"), "message"),
        _fields(facts.get("errors")),
        facts.get("detail"),
    )
    return Problem(
        _shown(f"{message} {more}" if more != message else message),
        _number(facts.get("errorcode", error.get("code"))),
        _shown(_first(facts.get("traceid")))[:100] or None,
    )


def _inner(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _object(value: Any) -> dict[str, Any]:
    """Take an object with its names in lower case: services differ in PascalCase and camelCase."""
    return {name.lower(): each for name, each in value.items()} if _is_object(value) else {}


def _first(*candidates: Any) -> str:
    return next((text for text in candidates if isinstance(text, str) and text.strip()), "")


def _joined(errors: Any, name: str) -> str:
    """Join one text of each object: ABP's details, the errors of identity's bulk answers."""
    return "; ".join(str(_object(each).get(name, "")) for each in errors) if _is_list(errors) else ""


def _fields(errors: Any) -> str:
    """Join messages by field, as ASP.NET writes RFC 9457."""
    if not _is_object(errors):
        return ""
    return "; ".join(
        f"{name}: {' '.join(map(str, texts))}" for name, texts in errors.items() if _is_list(texts)
    )


def _number(code: Any) -> int | None:
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,9}", code):
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _visible(page: bytes) -> str:
    from html import unescape  # noqa: PLC0415 - its long list of names is for pages alone

    return _shown(unescape(visible_text(page[:_READ])))[:_LONGEST_PAGE]


def _shown(text: str) -> str:
    return _TOKEN.sub("***", _CONTROL.sub(" ", text[:_READ])).strip()[:_LONGEST]
