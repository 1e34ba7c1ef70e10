"""What another process needs to read exactly some rows of a list, and nothing secret."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import attrs
import orjson

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant

__all__ = ["Partition", "partitions_in"]

_VERSION: Final = 1
_PLANS: Final = ("keyset", "whole", "window")


def _mapping(given: Mapping[str, Any]) -> dict[str, Any]:
    return dict(given)


def _numbers(given: Iterable[int]) -> tuple[int, ...]:
    return tuple(given)


def _is_place(_partition: object, attribute: attrs.Attribute[Any], place: object) -> None:
    if place is not None and type(place) is not int:
        raise TypeError(f"{attribute.name} is not a whole number")


def _is_plan(_partition: object, _attribute: attrs.Attribute[Any], plan: object) -> None:
    if plan not in _PLANS:
        raise TypeError(f"the plan {plan!r} is not known")


@attrs.frozen(kw_only=True)
class Partition:
    """An interval of a list between two checkpoints, planned by `partitions`; a small JSON value, also when it is pickled.

    ``lo`` and ``hi`` are ticks of 100 ns or Ids: rows from ``lo`` on and before ``hi``, None without a bound. ``rows`` is how many
    there were when it was planned, None where that is not known.
    """

    connection: str = "env"
    """The name of the `Connection` that it is read with."""
    settings: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_mapping, hash=False)
    """Those of the client that planned it, as far as they differ from the defaults."""
    url: str
    """The base URL of its tenant: clients of another one are refused."""
    tenant: str
    """Host and tenant, for people."""
    entity_set: str
    folder: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_mapping, hash=False)
    """The headers that name its folder; with ``_folder_id`` and ``_folder_path`` where rows get them as columns."""
    query: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_mapping, hash=False)
    """Filter, select, expand and order, as texts."""
    plan: str = attrs.field(validator=_is_plan)
    """``window`` or ``keyset``, whose interval it is; ``whole`` for a list that is not cut."""
    exact: bool
    """Whether it is read only with proof; a list in an order of its own is best effort."""
    lo: int | None = attrs.field(default=None, validator=_is_place)
    hi: int | None = attrs.field(default=None, validator=_is_place)
    part: int = 0
    """Which part of a long list of values it is of: borders meet within a part."""
    number: int = 1
    of: int = 1
    rows: int | None = None
    read_at: str
    """The server's clock when it was planned, the same for all of a plan."""
    list_id: str
    """Of the list and its plan: those of one list have the same."""
    lane: str | None = None
    """The tenant and the rate class that limits it; None: nothing does."""
    lane_number: int = 1
    """In which lane it is: the partitions of one lane are read one after the other."""
    lanes: int = 1
    """Into how many lanes the tenant's share of that class is cut."""
    not_of_queues: tuple[int, ...] = attrs.field(default=(), converter=_numbers)
    """Queues whose items another folder of the plan has."""

    @property
    def id(self) -> str:
        """A short text that stands for it."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie in it."""
        return self.lo is not None and self.hi is not None and self.lo >= self.hi

    def to_json(self) -> str:
        """Return it as JSON text, which holds no secret."""
        defaults = {
            field.name: field.default
            for field in attrs.fields(type(self))
            if field.default is not attrs.NOTHING
        }
        facts = {
            name: value
            for name, value in attrs.asdict(self, recurse=False).items()
            if value != defaults.get(name, attrs.NOTHING) and value != {}
        }
        return orjson.dumps({"version": _VERSION, **facts}).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Partition:
        """Return the partition of a JSON text. Raise QueryError for one of another version, and for anything else."""
        try:
            facts: Any = orjson.loads(text)
        except (TypeError, ValueError):
            facts = None
        if not isinstance(facts, dict) or "version" not in facts:
            raise QueryError("this is not a partition: pass the text of partition.to_json() unchanged")
        named = cast("dict[str, Any]", facts)
        if named.pop("version") != _VERSION:
            raise QueryError(
                "the partition is of another version of the package: plan and read with one version, and plan again"
            )
        try:
            return cls(**named)
        except TypeError as error:
            raise QueryError(
                f"the partition cannot be read ({error}): plan again with this version"
            ) from None

    def __reduce__(self) -> tuple[Any, ...]:
        return Partition.from_json, (self.to_json(),)

    def __str__(self) -> str:
        return f"{self.entity_set} of {self.tenant}, partition {self.number} of {self.of}{self._between}"

    @property
    def _between(self) -> str:
        if self.lo is None and self.hi is None:
            return ""
        is_time = self.plan == "window"
        lo, hi = (
            "…" if each is None else str(Instant(each)) if is_time else str(each)
            for each in (self.lo, self.hi)
        )
        return f" ({lo} to {hi})"


def partitions_in(given: Partition | Iterable[Partition]) -> list[Partition]:
    """Return one partition or several as a list. Raise QueryError for what is not a partition."""
    planned = cast(
        "list[object]", [given] if isinstance(given, Partition) or not _has_many(given) else [*given]
    )
    for each in planned:
        if not isinstance(each, Partition):
            raise QueryError(f"{each!r:.80} is not a partition: pass one, or Partition.from_json(text)")
    return cast("list[Partition]", planned)


def _has_many(given: object) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping)
