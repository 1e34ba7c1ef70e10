"""The query string of one query, composed and rendered by us and by other builders, each in its environment."""

from __future__ import annotations

import json
import subprocess
import sys

from environments import PEERS, NotInstalled, python_of
from measure import Result

BUILDERS = {
    "uipath_odata": ("query_ours", None),
    "odatapy": ("query_odatapy", "odatapy_client"),
    "python-odata": ("query_python_odata", "python_odata"),
    "pyodata (OData 2)": ("query_pyodata", "pyodata"),
}


def run(quick):
    times, rounds = (100, 2) if quick else (2_000, 7)
    samples, notes = {name: [] for name in BUILDERS}, {}
    for _ in range(rounds):
        for name, (script, environment) in BUILDERS.items():
            try:
                python = python_of(environment, make=not quick) if environment else sys.executable
            except NotInstalled as why:
                notes[name] = f"{name} could not be installed: {why}."
                continue
            if python:
                made = subprocess.run(
                    [python, PEERS / f"{script}.py", str(times)], capture_output=True, text=True, check=True
                )
                taken = json.loads(made.stdout)
                samples[name].append(taken["cpu"] * 1e6)
                notes[name] = f"{name}: `{taken['text']}`."
    note = "Each time with another number in the filter.\n\n" + "\n\n".join(notes.values())
    measured = {name: each for name, each in samples.items() if each}
    return [Result("Compose a query and give its query string", "cpu, µs", measured, "uipath_odata", note)]
