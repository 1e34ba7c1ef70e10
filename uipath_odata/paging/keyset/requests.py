"""The requests of a reading by Id, as OData options joined to the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST

__all__ = ["FOLDER", "KeysetRequests"]

FOLDER: Final = "OrganizationUnitId"
"""What tells the rows of a linked queue's item apart, one for each folder."""

_WITNESSES: Final = 50
"""Ids that the other end is asked for: a server that ignores the order seldom sends so many of them in order."""


@attrs.frozen(kw_only=True)
class KeysetRequests:
    """Write requests under the user's ``options``; keys are Ids, negated where ``descending``."""

    options: Mapping[str, str]
    page_size: int
    descending: bool = False
    linked: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """What tells rows apart and is left out by the user's ``$select``."""
        selected = self.options.get("$select")
        names = ("Id", FOLDER) if self.linked else ("Id",)
        return () if selected is None else tuple(name for name in names if name not in selected.split(","))

    def page(self, lo: int, hi: int = HIGHEST, *, count: bool = False) -> dict[str, str]:
        """Ask for the lowest keys above ``lo``, up to ``hi``."""
        wire = {"$orderby": "Id", **self._shown, "$top": str(self.page_size)}
        return wire | self._under(self._bounds(lo, hi)) | ({"$count": "true"} if count else {})

    def last(self, hi: int = HIGHEST, *, count: bool = False) -> dict[str, str]:
        """Ask for rows that begin with the highest key up to ``hi``; of a linked queue for a page of whole rows."""
        shown = self._shown if self.linked else {"$select": "Id"}
        top = self.page_size if self.linked else min(self.page_size, _WITNESSES)
        order = "Id" if self.descending else "Id desc"
        wire = {**shown, "$orderby": order, "$top": str(top)}
        return wire | self._under(self._bounds(LOWEST, hi)) | ({"$count": "true"} if count else {})

    def count(self, lo: int, hi: int, *, skip: int = 0) -> dict[str, str]:
        """Ask how many rows there are above ``lo``, up to ``hi``, and for one of them, after ``skip`` others."""
        wire = {"$select": "Id", "$orderby": "Id", "$top": "1", "$count": "true"}
        return wire | self._under(self._bounds(lo, hi)) | ({"$skip": str(skip)} if skip else {})

    def folders(self, key: int, after: int | None) -> dict[str, str]:
        """Ask for the rows of one key, by folder, those after a folder."""
        bounds = [f"Id eq {self._id(key)}", *([] if after is None else [f"{FOLDER} gt {after}"])]
        wire = {**self._shown, "$orderby": FOLDER, "$top": str(self.page_size)}
        return wire | self._under(bounds)

    def without_folder(self, key: int) -> dict[str, str]:
        """Ask for the rows of one key that show no folder."""
        wire = {"$select": "Id", "$orderby": "Id", "$top": "1"}
        return wire | self._under([f"Id eq {self._id(key)}", f"{FOLDER} eq null"])

    @property
    def _shown(self) -> dict[str, str]:
        if not self.missing:
            return dict(self.options)
        return {**self.options, "$select": ",".join([self.options["$select"], *self.missing])}

    def _bounds(self, lo: int, hi: int) -> list[str]:
        above, up_to = ("lt", "ge") if self.descending else ("gt", "le")
        bounds = [f"Id {above} {self._id(lo)}"] if lo > LOWEST else []
        return [*bounds, f"Id {up_to} {self._id(hi)}"] if hi < HIGHEST else bounds

    def _under(self, bounds: list[str]) -> dict[str, str]:
        users = self.options.get("$filter")
        if users is not None:
            bounds = [f"({users})" if bounds else users, *bounds]
        return {"$filter": " and ".join(bounds)} if bounds else {}

    def _id(self, key: int) -> int:
        return -key if self.descending else key
