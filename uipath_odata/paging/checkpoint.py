"""Where a stream stopped, as a small JSON value that another process can resume from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast, get_args

import orjson

from uipath_odata.errors import QueryError
from uipath_odata.paging.plan import Proof, ProofKind

__all__ = [
    "decode_checkpoint",
    "encode_checkpoint",
    "fingerprint",
    "merged",
    "number_in",
    "proof_in",
    "with_proof",
]

_VERSION: Final = 1
_WEAKER: Final = frozenset({"by_remainder", "by_count", "none"})


def encode_checkpoint(position: Mapping[str, Any] | None, query: str) -> dict[str, Any] | None:
    """Tie a plan's position to the fingerprint of its query; a plan without a position has no checkpoint."""
    return None if position is None else {"version": _VERSION, "query": query, **position}


def decode_checkpoint(checkpoint: object, query: str) -> Mapping[str, Any]:
    """Read what ``encode_checkpoint`` returned; raises QueryError for another version or the checkpoint of another query."""
    if not isinstance(checkpoint, Mapping):
        raise QueryError("resume takes a rows.checkpoint: pass it unchanged, or None to read from the start")
    position = dict(cast("Mapping[str, Any]", checkpoint))
    if (written := position.pop("version", None)) != _VERSION:
        raise QueryError(
            f"the checkpoint's form is version {written!r}, which another version of the package wrote; this one reads "
            f"{_VERSION}: read from the start"
        )
    if position.pop("query", None) != query:
        raise QueryError(
            "the checkpoint is of another query: resume with the same entity set, folder, filter, select, expand, "
            "order, top and skip"
        )
    return position


def number_in(position: Mapping[str, Any], name: str, default: int) -> int:
    """Read a number of a plan's position; null and a missing one are the default."""
    value = position.get(name)
    if value is not None and type(value) is not int:
        raise QueryError(f"the checkpoint's {name} is not a number: pass rows.checkpoint unchanged")
    return default if value is None else value


def with_proof(position: Mapping[str, Any], proof: Proof) -> dict[str, Any]:
    """Write by how little the rows before a position are proven, where that is less than the rest may be."""
    return {**position, "proof": proof.kind} if proof.kind in _WEAKER else {**position}


def proof_in(position: Mapping[str, Any]) -> Proof:
    """Read what `with_proof` wrote; an older version wrote nothing."""
    kind = position.get("proof", "by_later_bucket")
    if kind not in get_args(ProofKind):
        raise QueryError("the checkpoint's proof is not known: pass rows.checkpoint unchanged")
    return Proof(kind, "the rows before the checkpoint are proven by no more")


def merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join intervals that meet, and return them in order."""
    merged: list[tuple[int, int]] = []
    for at, end in sorted(intervals):
        if merged and merged[-1][1] == at:
            merged[-1] = merged[-1][0], end
        else:
            merged.append((at, end))
    return merged


def fingerprint(*facts: object) -> str:
    """Tie a checkpoint to what is asked without showing it."""
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
