"""How many rows a request asks for, after an answer was longer than ``body_limit``."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.paging.plan import Fetch

__all__ = ["PageRoom"]

_FITTING: Final = 8
"""So many answers fit, one after the other, before twice as many rows are asked for again."""


@attrs.define
class PageRoom:
    """Halve ``$top`` until an answer fits; a server's own links are followed as they are, for it sizes their pages."""

    rows: int | None = attrs.field(default=None, init=False)
    """The most that are asked for; None: as many as the plan wants."""
    _fitted: int = attrs.field(default=0, init=False)

    def fitting(self, fetch: Fetch) -> Fetch:
        """Return the request as it may be sent now."""
        if self.rows is None or _top_of(fetch) <= self.rows:
            return fetch
        return attrs.evolve(fetch, options={**fetch.options, "$top": str(self.rows)})

    def halve(self, sent: Fetch) -> bool:
        """Ask for half as many rows as this request did, whose answer was too long; False: it is one row, or not ours to cut."""
        top = _top_of(sent)
        if top <= 1:
            return False
        self.rows, self._fitted = min(top // 2, self.rows or top), 0
        return True

    def take(self, fetch: Fetch, sent: Fetch) -> int | None:
        """Take in an answer that fits; return how many rows it was asked for where the plan wanted more."""
        if sent is fetch:
            return None
        self._fitted += 1
        if self.rows is not None and self._fitted >= _FITTING:
            self.rows, self._fitted = self.rows * 2, 0
        return _top_of(sent)


def _top_of(fetch: Fetch) -> int:
    return 0 if fetch.continuation is not None else int(fetch.options.get("$top", 0))
