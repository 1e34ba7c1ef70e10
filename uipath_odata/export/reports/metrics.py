"""Metrics of a run, for the textfile collector of a node exporter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from uipath_odata.export.events import Event
from uipath_odata.export.reports.run_record import RunRecord

__all__ = ["metrics_text"]

_PREFIX: Final = "uipath_odata_export"
_OF_A_LIST: Final[Mapping[str, tuple[str, Callable[[Event], float | None]]]] = {
    "rows": ("Rows in the export", lambda event: event.rows),
    "new_rows": ("Rows that this run wrote", lambda event: event.new_rows),
    "files": ("Files in the export", lambda event: event.files),
    "bytes": ("Size of these files", lambda event: event.bytes),
    "expected_rows": ("Rows that the server counted before", lambda event: event.expected),
    "requests": ("Requests of this run", lambda event: event.requests),
    "retries": ("Requests that were sent again", lambda event: event.retries),
    "wait_seconds": ("Seconds that requests waited for the rate budget", lambda event: event.waits),
    "duration_seconds": ("Seconds that the list took", lambda event: event.seconds),
    "complete": ("1 where the list was read to its end", lambda event: event.event == "complete"),
    "proven": ("1 where its rows are proven to be all", lambda event: event.proven),
}


def metrics_text(record: RunRecord) -> str:
    """Return the metrics of each list and when the run ended, in the text format of Prometheus (version 0.0.4)."""
    lines = list[str]()
    for name, (what, value_of) in _OF_A_LIST.items():
        lines += _head(name, what)
        for event in record.lists:
            value = value_of(event)
            if value is not None:
                lines.append(f"{_PREFIX}_{name}{{{_labels(event)}}} {float(value):.10g}")
    ended = record.now().timestamp()
    lines += [
        *_head("ended_timestamp_seconds", "When the run ended"),
        f"{_PREFIX}_ended_timestamp_seconds {ended:.3f}",
    ]
    return "\n".join(lines) + "\n"


def _head(name: str, what: str) -> list[str]:
    return [f"# HELP {_PREFIX}_{name} {what}.", f"# TYPE {_PREFIX}_{name} gauge"]


def _labels(event: Event) -> str:
    values = {"entity_set": event.entity_set, "folder": event.folder, "tenant": event.tenant}
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in values.items() if value is not None)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
