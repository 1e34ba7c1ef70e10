"""The records of a journal. JSON becomes these values, and these values JSON, in this module alone."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from uipath_odata.errors import ExportError
from uipath_odata.paging.plan import ProofKind

__all__ = [
    "MERGED",
    "Clocks",
    "CompactionBegan",
    "File",
    "Part",
    "PartsMerged",
    "Record",
    "RunBegan",
    "RunEnded",
    "StepProof",
    "StepRead",
    "json_of",
    "record_of",
]

MERGED: Final = "merged"
"""The scan step of a part that took the place of several: none reads it again."""

Moment: TypeAlias = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class _Strict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A value that is read only if it has exactly the fields, of the types, that are written here."""


class File(_Strict, frozen=True, kw_only=True):
    """One committed file."""

    name: str
    rows: int
    bytes: int
    sha256: str


class Clocks(_Strict, frozen=True, kw_only=True):
    """What the server's clock and this machine's showed when a run began; either may be wrong, and corrected later."""

    server: Moment
    local: Moment


class StepProof(_Strict, frozen=True, kw_only=True):
    """Whether the rows of a scan step are proven to be all, and what shows it."""

    proven: bool
    reason: str
    kind: ProofKind | None = None
    """None: it was not recorded for a part that was committed before the step was resumed."""


class _Record(
    _Strict,
    frozen=True,
    kw_only=True,
    tag_field="record",
    rename={"entity_list": "list", "step": "reading"},
):
    entity_list: str
    """The key of the list that the record speaks of."""


class RunBegan(_Record, frozen=True, kw_only=True, tag="begin"):
    """What a run over a list will ask for, settled before its first row."""

    run: int
    schema: int = 1
    """The version of the columns that are asked for."""
    bound: int | None = None
    """The question's own end in time, in ticks: rows from there on are not asked for."""
    read_at: Moment | None = None
    """When the run began, by the server's clock, and later than the run before in any case: it orders rows of an Id."""
    clocks: Clocks | None = None
    """None: the list needs none, or an earlier release wrote this."""
    until: int | None = None
    """The rows lie before this tick."""
    after: int | None = None
    """New rows lie from this tick or after this Id on; None: all rows are new."""
    since: Moment | None = None
    """Rows that changed before this instant are known."""
    moved: bool = False
    """Whether a queue left the folder since the last run, and took its items along."""
    again: tuple[int, ...] = ()
    """Numbers of the closed parts that have another number of rows now, and are read again."""
    late: int = 0
    """How many rows those parts gained or lost."""
    queues: tuple[int, ...] = ()
    final_before: int | None = None
    """Rows that failed before this tick are final."""
    expected: int | None = None
    """How many rows there will be after this run, by the server's count."""


class Part(_Record, frozen=True, kw_only=True, tag="part"):
    """Rows that were committed in one step."""

    number: int
    run: int
    step: str
    """Which scan step of the run read them: ``new``, ``changed``, ``again-3`` …"""
    generation: int = 1
    schema: int = 1
    """The version of its columns."""
    rows: int
    files: tuple[File, ...] = ()
    lo: int | None = None
    hi: int | None = None
    """Its rows lie from ``lo`` on and before ``hi``, in ticks or Ids; None: open, or not known."""
    cursor: dict[str, Any] | None = None
    """Where its scan step resumes; None: the step ends here."""
    open: tuple[int, ...] = ()
    """Ids of its rows that may still change."""
    failed: dict[int, int] = msgspec.field(default_factory=dict[int, int])
    """Of ``open``, by Id, the tick at which a row failed: it changes only where somebody tries once more."""
    digests: dict[int, int] = msgspec.field(default_factory=dict[int, int])
    """By Id, a digest of the rows that will be asked for again, so that those that did not change are not written."""
    settled: tuple[int, ...] = ()
    """Ids that no longer may change, or are gone."""
    gone: tuple[int, ...] = ()
    """Ids that were asked for and did not come; they are looked for again, for one answer may lack them."""
    back: tuple[int, ...] = ()
    """Ids that the list shows, and that the lake calls gone or has newer in another list; their rows are read next."""
    largest: int | None = None
    """The largest Id in it."""
    proof: StepProof | None = None
    """That of its scan step, where the step ends here; None: it does not, or an earlier release wrote this."""


class StepRead(_Record, frozen=True, kw_only=True, tag="read"):
    """A scan step was read to its end."""

    step: str
    proof: StepProof | None = None
    """None: an earlier release wrote this."""


class RunEnded(_Record, frozen=True, kw_only=True, tag="end"):
    """The run was read to its end; its facts outlive its own record of how it began."""

    run: int
    schema: int = 1
    bound: int | None = None
    until: int | None = None
    read_at: Moment | None = None
    clocks: Clocks | None = None
    expected: int | None = None
    queues: tuple[int, ...] = ()
    replaced: tuple[int, ...] = ()
    """Numbers of the parts that no longer count."""
    proven: bool
    reason: str
    proof: ProofKind | None = None
    """The weakest kind of its scan steps; None: a part of the run did not record its kind."""
    notes: tuple[str, ...] = ()


class CompactionBegan(_Record, frozen=True, kw_only=True, tag="compacting"):
    """Parts of a list will be merged; written before the mark of the export goes."""

    run: int
    """The last run over the list."""
    published: bool = False
    """Whether the export had its mark until then."""


class PartsMerged(_Record, frozen=True, kw_only=True, tag="merged"):
    """One part took the place of several, with the same rows."""

    run: int
    """The last run over the list."""
    part: Part
    replaced: tuple[int, ...]
    """Numbers of the parts that no longer count; the last is that of the new part."""


Record: TypeAlias = RunBegan | Part | StepRead | RunEnded | CompactionBegan | PartsMerged


_ENCODE: Final = msgspec.json.Encoder().encode
_DECODE: Final = msgspec.json.Decoder(Record).decode


def json_of(record: Record) -> bytes:
    """Return the JSON text of a record."""
    return _ENCODE(record)


def record_of(text: bytes) -> Record:
    """Read a record; raises ExportError where it says what no record of this release says."""
    try:
        return _DECODE(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ExportError(
            f"The journal has a record that this release does not know ({error}): use the release of uipath-odata that "
            "wrote it, or overwrite the export"
        ) from None
