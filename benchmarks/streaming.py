"""200 pages over HTTP: our streams beside the loop that an expert writes by hand with aiohttp and orjson."""

from __future__ import annotations

import itertools

from measure import Result
from rows import PAGE
from server import listening
from side_by_side import LIMIT, installed, read

NAMES = (LIMIT, "uipath_odata, dicts", "uipath_odata, entities")


def run(quick):
    pages, rounds = (2, 1) if quick else (200, 7)
    ways = list(itertools.product(("logs", "jobs"), (True, False)))
    results = []
    for kind, compressed in ways[1:3] if quick else ways:
        pythons, missing = installed(kind, NAMES, make=not quick)
        samples = {name: {"cpu": [], "wall": []} for name in pythons}
        with listening(kind, pages, compressed=compressed) as base_url:
            for _, (name, python) in itertools.product(range(rounds), pythons.items()):
                taken = read(name, python, base_url, kind, pages, "time")
                assert taken["rows"] == pages * PAGE, name
                for measure, sample in samples[name].items():
                    sample.append(taken[measure] / pages * 1e3)
        title = f"Stream {pages} {'gzip' if compressed else 'plain'} pages of {kind}, 8 at once, a page"
        note = " ".join(["Each reader in a process of its own, its first requests included.", *missing])
        for measure in ("cpu", "wall"):
            figures = {name: sample[measure] for name, sample in samples.items()}
            results.append(Result(title, f"{measure}, ms", figures, LIMIT, note))
    return results
