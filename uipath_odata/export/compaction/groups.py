"""Which parts become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, get_args

import attrs

from uipath_odata.export.journal.records import MERGED, Part, StepProof
from uipath_odata.paging.plan import ProofKind

__all__ = ["Grouping", "merged_facts"]

_BYTES: Final = 128 * 1024 * 1024
"""The files of a group are in memory, as they are and as one, and have no more bytes than this together."""
_STRONGEST_FIRST: Final = get_args(ProofKind)


@attrs.frozen(kw_only=True)
class Grouping:
    """What keeps parts of a list apart."""

    part_rows: int
    """A group has no more rows than this."""
    adjoins: bool
    """Whether parts are intervals that are counted again, so that those of a group must be closed and bound each other."""
    is_watched: Callable[[Part], bool]
    """Whether late rows of a part are still looked for: an interval that is read again is small."""

    def groups_of(self, parts: Sequence[Part]) -> Iterator[list[Part]]:
        """Return groups of parts next to each other that have fewer files as one."""
        group = list[Part]()
        for part in sorted(parts, key=lambda part: part.number):
            if group and not (self._follows(group[-1], part) and self._has_room(group, part)):
                yield from [group] if _saves_files(group) else []
                group = []
            group.append(part)
        yield from [group] if _saves_files(group) else []

    def _follows(self, before: Part, part: Part) -> bool:
        """Tell whether parts have the same columns, and the later one was read later."""
        if before.schema != part.schema or before.run > part.run:
            return False
        if not self.adjoins:
            return True
        is_next = before.hi is not None and before.hi == part.lo and part.hi is not None
        return is_next and not self.is_watched(before) and not self.is_watched(part)

    def _has_room(self, group: Sequence[Part], part: Part) -> bool:
        parts = [*group, part]
        return _rows(parts) <= self.part_rows and _bytes(parts) <= _BYTES


def merged_facts(group: Sequence[Part]) -> Part:
    """Return the part that takes the place of a group, still without files.

    It has the last number, so that parts stay in the order in which their rows were read. What a part says of the Ids that are
    asked for again was taken in when it was committed, and is not said twice.
    """
    first, last = group[0], group[-1]
    return Part(
        entity_list=last.entity_list,
        number=last.number,
        run=max(part.run for part in group),
        step=MERGED,
        generation=last.generation + 1,
        schema=last.schema,
        rows=_rows(group),
        lo=first.lo,
        hi=last.hi,
        largest=max((part.largest for part in group if part.largest is not None), default=None),
        proof=_weakest([part.proof for part in group if part.proof is not None]),
    )


def _weakest(proofs: Sequence[StepProof]) -> StepProof | None:
    """Return the proof that shows least; one whose kind was not recorded shows less than any whose kind was."""
    return max(
        proofs,
        key=lambda proof: (
            not proof.proven,
            len(_STRONGEST_FIRST) if proof.kind is None else _STRONGEST_FIRST.index(proof.kind),
        ),
        default=None,
    )


def _saves_files(group: Sequence[Part]) -> bool:
    folders = [file.name.rpartition("/")[0] for part in group for file in part.files]
    return any(one == another for one, another in pairwise(sorted(folders)))


def _rows(group: Sequence[Part]) -> int:
    return sum(part.rows for part in group)


def _bytes(group: Sequence[Part]) -> int:
    return sum(file.bytes for part in group for file in part.files)
