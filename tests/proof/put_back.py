"""Faults that the code had once, as changes of its text of today."""

from __future__ import annotations

import attrs

__all__ = ["FAULTS"]


@attrs.frozen
class Fault:
    """A fault, and the changes that put it back."""

    name: str
    changes: dict
    """By module: pairs of what is there and what stood there."""


def _fault(name, **changes):
    """Name modules of paging with ``__`` for ``/``."""
    return Fault(name, {f"paging/{module.replace('__', '/')}": pairs for module, pairs in changes.items()})


_RANK_OF_LOGS = """\
        request = WindowRequest(after=self.after, top=1, skip=len(look.rows))
        behind = self.profile.rows_of(request, (yield request))
        if not behind or behind[0][0] >= self._end:
            return True
        self.was_needed = True
"""
_RANK_OF_ITEMS = """\
    first = yield Ask(requests.page(key - 1, key))
    behind = yield Ask({**requests.page(key - 1, key), "$skip": str(len(first.rows)), "$top": "1"})
    if not behind.rows:
        return EqualRows(first.rows, "by_later_bucket")
    return EqualRows((yield from _by_folder(requests, keys, key)))
"""
_BEFORE_THE_REFUSAL = (
    '        start = f" from the Id {self.keys.id_of(segment.lo + 1)}" if segment.lo > LOWEST'
)

FAULTS = (
    _fault(
        "1: the row after a page of one tie says that the tie ends there (logs)",
        window__ties__tie_split=[("        self.was_needed = True\n", _RANK_OF_LOGS)],
    ),
    _fault(
        "1: the row after a page of one Id says that the Id ends there (queue items)",
        keyset__equal_ids=[
            ("    return EqualRows((yield from _by_folder(requests, keys, key)))\n", _RANK_OF_ITEMS)
        ],
    ),
    _fault(
        "2: logs that are counted and not found are noted",
        window__closing=[
            (
                "        elif counted > _rows_of(run):\n            raise NotProven(\n",
                "        elif counted > _rows_of(run):\n            self.profile.note(\n",
            )
        ],
    ),
    _fault(
        "2: rows that are counted and not found are noted (Ids)",
        keyset__last_count=[(_BEFORE_THE_REFUSAL, "        return 0\n" + _BEFORE_THE_REFUSAL)],
    ),
    _fault(
        "3: the largest Id is smaller than one that was seen, and bounds the list",
        keyset__bound=[
            ("        if found and found[-1] >= seen:\n", "        if found:\n"),
        ],
    ),
    _fault(
        "4: a row that two parts of a list give is given twice",
        split__plan=[("        if not self.membership.overlap:\n", "        if True:\n")],
    ),
    _fault(
        "5: an Id twice in one answer is taken",
        keyset__keys=[("            if same and is_again:\n", "            if False:\n")],
    ),
    _fault(
        "6: a page's own count ends a list, and proves it (logs)",
        window__interval_scan=[
            ('profile.prove("none", "one short page', 'profile.prove("by_count", "one short page')
        ],
    ),
    _fault(
        "6: a page's own count ends a list, and proves it (Ids)",
        keyset__scan=[('evidence.weaken("none", _SHORT)', 'evidence.weaken("by_count", _SHORT)')],
    ),
    Fault(
        "7: an answer on an idle connection is the next request's",
        {
            "transport/connector": [
                (
                    "    return isinstance(protocol, _Quiet) and protocol.is_clean\n",
                    "    return True\n",
                ),
                ("        self._factory: Any = functools.partial(_Quiet, loop=self._loop)\n", ""),
            ]
        },
    ),
    _fault(
        "8: a filter of logs that is ignored is followed a millisecond at a time",
        window__server_profile=[("if rows and rows[0][0] < request.after - self.unit:", "if False:")],
        window__interval_scan=[("if self._asked_tail > _TRIES:", "if False:")],
    ),
    _fault(
        "8: a filter of Ids that is ignored",
        keyset__keys=[("if keys and (min(keys) <= lo or max(keys) > hi):", "if False:")],
    ),
)
