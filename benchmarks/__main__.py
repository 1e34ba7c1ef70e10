"""Run the benchmarks: ``python -m benchmarks [--quick] [NAME…]``; results go to ``benchmarks/results/``."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"
NAMES = (
    "query_url",
    "decoding",
    "streaming",
    "side_by_side",
    "query_peers",
    "scaling",
    "growth",
    "formats",
    "exports",
    "distributed",
    "tenants",
    "web",
    "promises",
    "night",
    "waits",
    "imports",
    "instructions",
    "emulator",
)


def machine():
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("uipath-odata", "aiohttp", "attrs", "cattrs", "orjson", "yarl")
    )
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, load {load}; {libraries}."


def written(name, results, about):
    """Put a benchmark's table and figures into files of its name."""
    RESULTS.mkdir(exist_ok=True)
    text = [f"# {name}", "", about, "", *[each.text() for each in results]]
    (RESULTS / f"{name}.md").write_text("\n".join(text), encoding="utf-8")
    figures = {"machine": about, "results": [each.as_json() for each in results]}
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def each_in_a_process(names, quick):
    """Run them in turn; in small sizes, whose figures say nothing, as many at once as there are processors."""
    # What one has imported would be walked over by the garbage collector of the next.
    commands = [[sys.executable, "-m", "benchmarks", name, *(["--quick"] if quick else [])] for name in names]
    if not quick:
        for command in commands:
            subprocess.run(command, check=True, cwd=HERE.parent)
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        run_whole = partial(subprocess.run, capture_output=True, text=True, check=False, cwd=HERE.parent)
        done = list(threads.map(run_whole, commands))
    print("\n".join(each.stderr + each.stdout for each in done))
    failed = [name for name, each in zip(names, done, strict=True) if each.returncode]
    if failed:
        sys.exit(f"These benchmarks failed: {', '.join(failed)}.")


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure side by side; ratios in one run count."
    )
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which ones; all of them by default")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, to see that they run; nothing is written"
    )
    options = parser.parse_args()
    names = options.names or NAMES
    if len(names) > 1:
        each_in_a_process(names, options.quick)
        return
    sys.path.insert(0, str(HERE))
    print(f"{names[0]} …", file=sys.stderr, flush=True)
    about = machine()
    results = importlib.import_module(names[0]).run(options.quick)
    print("\n".join([each.text() for each in results]), flush=True)
    if not options.quick:
        written(names[0], results, about)


if __name__ == "__main__":
    main()
