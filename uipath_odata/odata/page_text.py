"""What an HTML page says that came instead of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["visible_text"]

_HIDDEN: Final = (b"script", b"style")


def visible_text(page: bytes) -> str:
    """Return the text between the tags, without scripts and styles, in one pass whatever the page holds."""
    return b" ".join(_texts(page)).decode("utf-8", "replace")


def _texts(page: bytes) -> Iterator[bytes]:
    lowered, at = page.lower(), 0
    while (tag := page.find(b"<", at)) >= 0:
        yield page[at:tag]
        hidden = next((name for name in _HIDDEN if lowered.startswith(name, tag + 1)), None)
        closing = lowered.find(b"</" + hidden, tag) if hidden else tag
        end = page.find(b">", closing) if closing >= 0 else -1
        if end < 0:
            return
        at = end + 1
    yield page[at:]
