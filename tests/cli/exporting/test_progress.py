"""Lines of progress: few enough for the log of a night, and each end among them."""

from __future__ import annotations

import json

from uipath_odata.cli.exporting.progress import showing
from uipath_odata.export import Event


def written(capfdbinary, *events):
    with showing("json") as show:
        for event in events:
            show(event)
    *lines, _summary = map(json.loads, capfdbinary.readouterr().out.splitlines())
    return [(line["event"], line["folder"], line["seconds"]) for line in lines]


def event(name, seconds, folder="Shared"):
    return Event(event=name, entity_set="Jobs", rows=1, seconds=seconds, folder=folder)


def test_the_progress_of_a_list_is_a_line_each_ten_seconds_and_the_rest_is_all_there(capfdbinary):
    lines = written(
        capfdbinary,
        *(event("progress", seconds / 2) for seconds in range(50)),
        event("progress", 0.5, "Sales"),
        event("part", 24.9),
        event("progress", 25.0),
        event("complete", 25.1),
    )
    assert lines == [
        *(("progress", "Shared", seconds) for seconds in (0.0, 10.0, 20.0)),
        ("progress", "Sales", 0.5),
        ("part", "Shared", 24.9),
        ("complete", "Shared", 25.1),
    ]
