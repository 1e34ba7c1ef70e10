"""Whether CPU time, memory and requests stay flat: 10,000 to 5,000,000 rows, also of an export that is verified (6 GB on
disk), to 10,000 tenants, to 1,000 streams at once.

The slope of each, in percent for ten times the size, is the figure.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean, median

from measure import Result
from server import listening

HERE = Path(__file__).parent
AXES = {
    # What grows: sizes, work of all sizes alike (pages or requests), the list of the server; a small run's.
    "rows": ((10, 100, 1_000, 5_000), 0, "logs", (1, 2)),
    "verified rows": ((100, 1_000, 5_000), 0, "logs", (1, 2)),
    "tenants": ((1, 10, 100, 1_000, 10_000), 20_000, "jobs", (1, 2)),
    "streams": ((1, 10, 100, 1_000), 2_000, "logs", (1, 2)),
}
FIGURES = {"cpu": "ms", "memory": "MiB", "requests": "a page or call"}


def run(quick):
    return [result for axis in AXES for result in grown(axis, quick)]


def grown(axis, quick):
    """Measure the sizes in turn, each in a process of its own."""
    sizes, work, kind, small = AXES[axis]
    sizes, work, rounds = (small, 4, 1) if quick else (sizes, work, 3)
    taken = defaultdict(lambda: {size: [] for size in sizes})
    with listening(kind, work or max(sizes)) as base_url:
        for _ in range(rounds):
            for size in sizes:
                for figure, value in _measured(base_url, axis, size, work).items():
                    taken[figure][size].append(value)
    return [_result(axis, figure, each) for figure, each in taken.items()]


def _measured(base_url, axis, size, work):
    command = [sys.executable, HERE / "growing.py", base_url, axis, str(size), str(work)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _result(axis, figure, samples):
    scale = 1_000 if axis.endswith("rows") else 1
    named = {f"{size * scale:,} {axis}": each for size, each in samples.items()}
    change = slope({size: median(each) for size, each in samples.items()})
    note = f"Ten times the {axis} change it by {change:+.1%}."
    return Result(f"Growth by {axis}: {figure}", FIGURES[figure], named, note=note)


def slope(figures):
    """Return by what share a figure changes where the size becomes ten times: least squares of the logarithms."""
    points = [(math.log10(size), math.log10(figure)) for size, figure in figures.items()]
    x, y = (fmean(each) for each in zip(*points, strict=True))
    rise = sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
    return 10**rise - 1
