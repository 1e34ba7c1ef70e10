"""The descriptions of an OpenAPI document as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["description", "summary"]

_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>")
# UiPath's documents list them after each description; a method's docstring says them in its own way.
_GRANTS: Final = re.compile(r"(OAuth required scopes|Required permissions):.*", re.DOTALL)
_PARAGRAPH: Final = re.compile(r"\n\s*\n")


def summary(operation: Mapping[str, Any]) -> str:
    """Return what an operation does: its summary, or else the first paragraph of its description."""
    described = _GRANTS.sub("", operation.get("description") or "").strip()
    return _plain(operation.get("summary") or _PARAGRAPH.split(described)[0])


def description(facts: Mapping[str, Any]) -> str:
    """Return what a parameter, property, schema or tag is."""
    return _plain(facts.get("description") or "")


def _plain(text: str) -> str:
    return " ".join(html.unescape(_MARKUP.sub(" ", text)).split())
