"""Whether a row may meet a condition; texts are compared as databases compare them."""

from __future__ import annotations

import unicodedata
from typing import Any

from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.request import Condition

__all__ = ["fits", "folded"]


def fits(row: Row, condition: Condition) -> bool:
    """Tell whether a row may meet a condition."""
    value = row.get(condition.name)
    if condition.excluded:
        return bool(value != condition.value)
    return bool(folded(value) == folded(condition.value))


def folded(value: Any) -> Any:
    """Return one text for all that some collation takes for equal: case, accents, ligatures, blanks at the end."""
    if not isinstance(value, str):
        return value
    spread = unicodedata.normalize("NFKD", value.casefold().replace("æ", "ae"))
    return "".join(each for each in spread if not unicodedata.combining(each)).rstrip()
