"""The readers that Spark uses on the driver to plan, and in tasks to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from uipath_odata.engines.closed_end import closed_end
from uipath_odata.engines.pushdown import filter_text
from uipath_odata.engines.source_options import SourceOptions
from uipath_odata.engines.spark_classes import DataSourceReader, DataSourceStreamReader, InputPartition
from uipath_odata.engines.spark_filters import comparisons_of
from uipath_odata.partitions import Partition, in_lanes, read

__all__ = ["BatchReader", "PushingReader", "StreamReader"]

_ALL: Final = 2**62
"""Rows of one partition, where no cut is wanted."""


class _Lane(InputPartition):
    """The partitions that one task reads, one after the other."""

    def __init__(self, planned: Sequence[Partition]) -> None:
        super().__init__([*planned])


@attrs.define(eq=False)
class _Reading:
    """What both kinds of readers do in a task."""

    chosen: SourceOptions
    columns: Sequence[str]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        # Where there is no partition, Spark makes a task of nothing.
        for each in partition.value or ():
            yield from read(each, columns=self.columns)

    def planned(self, since: str | None = None, until: str | None = None) -> list[Any]:
        return [_Lane(lane) for lane in in_lanes(self.chosen.partitions(since, until))]


class BatchReader(_Reading, DataSourceReader):
    """Reads a batch; it is planned anew by each action."""

    def partitions(self) -> list[Any]:
        return self.planned()


class PushingReader(BatchReader):
    """A reader with filters: Spark refuses it where ``spark.sql.python.filterPushdown.enabled`` is false."""

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:  # noqa: N802 - Spark's name
        """Ask for what passes; Spark checks all of them again, since it sees less of a date-time."""
        pushed = filter_text(self.chosen.query.entity, comparisons_of(filters))
        self.chosen = self.chosen.narrowed(pushed)
        return filters


class StreamReader(_Reading, DataSourceStreamReader):
    """Reads intervals that nothing is added to any more; an offset is the end of one, as text with seven decimals."""

    def initialOffset(self) -> dict[str, str]:  # noqa: N802 - Spark's name
        return {"until": self.chosen.since or ""}

    # Before Spark 4.2 it comes without arguments.
    def latestOffset(self, start: dict[str, str] | None = None, _limit: object = None) -> dict[str, str]:  # noqa: N802
        since = (start or {}).get("until")
        whole = attrs.evolve(self.chosen, target_rows=_ALL)
        return {"until": closed_end(whole.partitions(since), since)}

    def partitions(self, start: dict[str, str], end: dict[str, str]) -> list[Any]:
        if start == end:
            return []
        return self.planned(start["until"], end["until"])
