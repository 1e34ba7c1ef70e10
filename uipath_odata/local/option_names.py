"""Keywords that a call does not take, refused as Python does, with the right one beside."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["refuse_unknown"]


def refuse_unknown(call: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise TypeError for the first name that is not known."""
    names = sorted(known)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            advice = f"did you mean {near[0]}?" if near else f"it takes {', '.join(names)}"
            raise TypeError(f"{call} has no option {name}: {advice}")
