"""How a run over a list ends: what is written down of it, and what it says of rows that are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from uipath_odata.execution.stream import Report
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.journal.records import RunBegan, RunEnded, StepProof
from uipath_odata.export.journal.state import ListState
from uipath_odata.paging.plan import Proof, ProofKind, weakest

__all__ = ["ended", "given_up", "proof_of", "removed"]

_UNRECORDED: Final = StepProof(
    proven=False, reason="an earlier release read a part of this run, and recorded no proof of it"
)


def removed(state: ListState) -> tuple[str, ...]:
    """Say how many rows the server removed, as far as this run knows it."""
    gone = sum(len(part.gone) for part in state.parts.values() if part.run == state.run)
    before = {part.number: part.rows for part in state.replaced}
    read = [part for part in state.parts.values() if part.run == state.run and part.generation > 1]
    left = sum(max(0, before[part.number] - part.rows) for part in read)
    return (
        *((f"{gone:,} rows that the server removed come once more with _deleted",) if gone else ()),
        *((f"{left:,} rows that the server removed left",) if left else ()),
    )


def given_up(state: ListState, begun: RunBegan) -> RunEnded:
    """Return the last end once more, without the parts that came since: the next run begins anew."""
    if state.ended is None:
        raise RuntimeError("A list that no run ended has nothing to return to: report it")
    since = [part.number for part in state.parts.values() if part.run > state.ended.run]
    return replace(state.ended, run=begun.run, replaced=tuple(since))


def ended(start: RunStart, begun: RunBegan, notes: tuple[str, ...]) -> RunEnded:
    """Return the record that ends a run whose scan steps were all read."""
    state, replaced = start.state, list[int]()
    if start.mode == "replace":
        replaced = [part.number for part in state.parts.values() if part.run < state.run]
    proofs = [proof or _UNRECORDED for proof in state.done.values()]
    return RunEnded(
        entity_list=start.each.key,
        run=begun.run,
        schema=begun.schema,
        bound=begun.bound,
        until=begun.until,
        read_at=begun.read_at,
        clocks=begun.clocks,
        expected=begun.expected,
        queues=begun.queues,
        replaced=tuple(replaced),
        proven=all(proof.proven for proof in proofs),
        reason="; ".join(dict.fromkeys(proof.reason for proof in proofs)),
        proof=_weakest_kind([proof.kind for proof in proofs]),
        notes=notes,
    )


def proof_of(report: Report, *, is_resumed: bool) -> StepProof:
    """Return what shows that the rows of a scan step are all, for the journal."""
    # A resumed plan does not know what kinds proved the rows before it; nothing is weaker than ``none``.
    kind = None if is_resumed and report.proven else report.proof
    return StepProof(proven=report.proven, reason=report.reason, kind=kind)


def _weakest_kind(kinds: Sequence[ProofKind | None]) -> ProofKind | None:
    """Return the weakest kind of all; None where one is not known, unless another is ``none`` already."""
    known: list[ProofKind] = [kind for kind in kinds if kind is not None]
    if "none" not in known and len(known) < len(kinds):
        return None
    return weakest(Proof(kind, "") for kind in known).kind
