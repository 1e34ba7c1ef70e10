"""The same pages read by us and by every peer, each in an environment and a process of its own, taking turns."""

from __future__ import annotations

import json
import subprocess
import sys

from environments import PEERS, NotInstalled, python_of
from measure import Result
from server import listening

LATENCY = 0.02
PAGES, FEW_PAGES = 64, 6
# uipath-platform refuses to skip more than 10,000 rows, and the others take their time for each page alike.
_FEW = ("uipath-platform", "python-odata", "odatapy")
LIMIT = "aiohttp + orjson by hand"
# The name of each variant, its script, the environment (None: ours), and what else goes to the command line.
VARIANTS = {
    LIMIT: ("by_hand", "by_hand", ()),
    "uipath_odata, dicts": ("ours", None, ("dicts",)),
    "uipath_odata, entities": ("ours", None, ()),
    "plain cattrs + aiohttp": ("plain_cattrs", "plain_cattrs", ()),
    "httpx + pydantic, 8 at once": ("httpx_pydantic", "httpx_pydantic", ("gathered",)),
    "httpx + pydantic": ("httpx_pydantic", "httpx_pydantic", ()),
    "dlt RESTClient (dicts)": ("dlt_client", "dlt_client", ()),
    "azure-core AsyncItemPaged (dicts)": ("azure_core", "azure_core", ()),
    "odatapy": ("odatapy_client", "odatapy_client", ()),
    "uipath-platform": ("official_sdk", "official_sdk", ()),
    "python-odata": ("python_odata", "python_odata", ()),
}
_CANNOT = {("uipath-platform", "logs"): "has no list of robot logs"}


def run(quick):
    pages, rounds = (2, 1) if quick else (PAGES, 5)
    results = []
    for kind in ("logs", "jobs"):
        pythons, missing = installed(kind, VARIANTS, make=not quick)
        with listening(kind, pages, latency=LATENCY) as base_url:
            samples = {name: {"cpu": [], "wall": []} for name in pythons}
            marks = {
                read(name, pythons[name], base_url, kind, min(pages, FEW_PAGES), "check")["mark"]
                for name in pythons
            }
            assert len(marks) == 1, marks
            for _ in range(rounds):
                for name, python in pythons.items():
                    asked = min(pages, FEW_PAGES) if name in _FEW else pages
                    taken = read(name, python, base_url, kind, asked, "time")
                    assert taken["rows"] == asked * 1_000, name
                    for measure, sample in samples[name].items():
                        sample.append(taken[measure] / asked * 1e3)
        note = f"{pages} gzip pages of 1,000 rows ({FEW_PAGES} for the slowest), {LATENCY * 1e3:.0f} ms latency. {' '.join(missing)}".strip()
        for measure in ("wall", "cpu"):
            figures = {name: sample[measure] for name, sample in samples.items()}
            title = f"Read {kind} beside other clients, a page"
            results.append(Result(title, f"{measure}, ms", figures, LIMIT, note))
    return results


def installed(kind, names, *, make):
    pythons, missing = {}, []
    for name in names:
        _, environment, _ = VARIANTS[name]
        if (name, kind) in _CANNOT:
            missing.append(f"{name} {_CANNOT[name, kind]}.")
            continue
        try:
            python = python_of(environment, make=make) if environment else sys.executable
        except NotInstalled as why:
            missing.append(f"{name} could not be installed: {why}.")
            continue
        if python:
            pythons[name] = python
    return pythons, missing


def read(name, python, base_url, kind, pages, mode):
    script, _, more = VARIANTS[name]
    command = [python, PEERS / f"{script}.py", base_url, kind, str(pages), mode, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")
    return json.loads(done.stdout)
