"""What proves that a reading by Id is complete, and what contradicts it."""

from __future__ import annotations

import attrs

from uipath_odata.paging.keyset.last_count import ReadRange
from uipath_odata.paging.plan import Proof, ProofKind, weakest

__all__ = ["Evidence"]


@attrs.define(eq=False)
class Evidence:
    """Add up what was found, and keep the weakest proof."""

    first: int | None
    """What the first answer counted."""
    found: int
    """How many rows were found."""
    segments: list[ReadRange]
    """What was found, by the keys that it lies between; kept apart only where they are compared with a count."""
    keeps_segments: bool
    late: int = attrs.field(default=0, init=False)
    notes: dict[str, None] = attrs.field(factory=dict[str, None], init=False)

    proof: Proof = attrs.field(
        default=Proof(
            "by_later_bucket",
            "each row that exists throughout was given once: read by Id, every range to its end",
        ),
        init=False,
    )

    def add(self, lo: int, hi: int, rows: int) -> None:
        """Take in that so many rows were found above ``lo``, up to ``hi``."""
        self.found += rows
        if self.keeps_segments:
            self.segments.append(ReadRange(lo, hi, rows))

    def weaken(self, kind: ProofKind, reason: str) -> None:
        """Take in that a part of the list is shown to be complete by no more than this."""
        self.proof = weakest([self.proof, Proof(kind, reason)])

    def note(self, note: str) -> None:
        """Remember something unusual for the report, once."""
        self.notes[note] = None

    def compare_with_first(self) -> None:
        """Believe no reading that found fewer rows than the first answer counted, unless a last count settles that."""
        if self.first is not None and self.found < self.first:
            self.weaken(
                "none",
                f"the server counted {self.first} rows at first, and {self.found} were found: deleted since, or left "
                "out; exact() finds out which",
            )
