"""Run the benchmarks: ``python -m benchmarks [--quick] [--write] [NAME…]``."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("query_url", "decoding", "streaming", "tenants", "imports")


def machine():
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("uipath-odata", "aiohttp", "attrs", "cattrs", "orjson", "yarl")
    )
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; {libraries}."


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure side by side; ratios in one run count."
    )
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which ones; all of them by default")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that they run")
    parser.add_argument("--write", action="store_true", help="write the figures into benchmarks/README.md")
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    texts = []
    for name in options.names or NAMES:
        print(f"{name} …", file=sys.stderr, flush=True)
        texts.append(importlib.import_module(name).run(options.quick))
    report = "\n".join([machine(), "", *texts])
    print(report)
    if options.write:
        start, _ = (HERE / "README.md").read_text(encoding="utf-8").split("<!-- figures -->")
        (HERE / "README.md").write_text(f"{start}<!-- figures -->\n{report}", encoding="utf-8")


if __name__ == "__main__":
    main()
