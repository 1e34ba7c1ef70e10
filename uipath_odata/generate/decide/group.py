"""Brackets and what is in them, laid out as the formatter would do it."""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["Group"]

_LINE_LENGTH: Final = 110


@attrs.frozen
class Group:
    """An opening, items, and a closing: a call, a signature, a display."""

    start: str
    items: tuple[str | Group, ...]
    end: str = ")"

    @property
    def flat(self) -> str:
        """The text on one line."""
        items = (item if isinstance(item, str) else item.flat for item in self.items)
        return f"{self.start}{', '.join(items)}{self.end}"

    def text(self, indent: str, *, after: int = 0) -> str:
        """Put everything on one line, or each item on its own where it does not fit; ``after`` follows the closing."""
        if len(indent) + len(self.flat) + after <= _LINE_LENGTH or not self.items:
            return f"{indent}{self.flat}"
        deeper = f"{indent}    "
        lines = (
            _fitted(item, deeper) if isinstance(item, str) else item.text(deeper, after=1)
            for item in self.items
        )
        return "\n".join(
            [f"{indent}{self.start}", *(f"{line}," for line in lines), f"{indent}{self.end.lstrip(',')}"]
        )


def _fitted(item: str, indent: str) -> str:
    line = f"{indent}{item}"
    return line if len(line) < _LINE_LENGTH else line.replace(" | ", f"\n{indent}| ")
