"""The rows of one Id that fill a page: an item of a queue that is linked to many folders."""

from __future__ import annotations

import itertools

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.odata.rows.json_body import int64
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.requests import FOLDER, KeysetRequests
from uipath_odata.paging.plan import ProofKind, Row
from uipath_odata.paging.steps import Ask, Steps

__all__ = ["EqualRows", "read_equal_ids"]


@attrs.frozen
class EqualRows:
    """All rows of one Id, and what shows that they are all."""

    rows: list[Row]
    kind: ProofKind = "by_remainder"


def read_equal_ids(requests: KeysetRequests, keys: Keys, key: int) -> Steps[EqualRows]:
    """Read the rows of one key: by an answer that begins with them and shows an earlier key, or folder by folder.

    Raises NotProven where the rows show no folders, or the server does not sort and filter by them.
    """
    page = yield Ask(requests.last(key))
    found = keys.read(page.rows[::-1], hi=key)
    if found and found[0] < key:
        equal = [row for row, each in zip(page.rows, reversed(found), strict=True) if each == key]
        return EqualRows(equal, "by_later_bucket")
    return EqualRows((yield from _by_folder(requests, keys, key)))


def _by_folder(requests: KeysetRequests, keys: Keys, key: int) -> Steps[list[Row]]:
    """Read the rows of one key by folder: both together are unique, so that an empty answer ends them."""
    rows: list[Row] = []
    after: int | None = None
    while True:
        page = yield Ask(requests.folders(key, after), refusable=True)
        keys.read(page.rows, key - 1, key)
        if not page.rows:
            break
        folders = [each for row in page.rows if (each := int64(row.get(FOLDER))) is not None]
        before = [*([] if after is None else [after]), *folders]
        if len(folders) < len(page.rows) or any(low >= high for low, high in itertools.pairwise(before)):
            raise _refusal(keys.id_of(key))
        rows += page.rows
        after = folders[-1]
    left = Ask(requests.without_folder(key), refusable=True) if rows else Ask(requests.page(key - 1, key))
    if (yield left).rows:
        raise _refusal(keys.id_of(key))
    return rows


def _refusal(row_id: int) -> NotProven:
    return NotProven(
        f"More rows share the Id {row_id} than a page holds, and {FOLDER} does not tell them apart: raise page_size, "
        "or read one folder"
    )
