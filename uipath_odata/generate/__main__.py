"""Regenerate the committed entities and operations: ``python -m uipath_odata.generate [--out DIR]``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from uipath_odata.generate import entities, operations
from uipath_odata.generate.facts import orchestrator

_PACKAGE: Final = Path(__file__).parents[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``entities/`` and ``operations/`` into the folder that the arguments, or the command line, name."""
    parser = argparse.ArgumentParser(prog="python -m uipath_odata.generate", description=__doc__)
    parser.add_argument(
        "--out",
        type=Path,
        default=_PACKAGE,
        help="where entities/ and operations/ are written; default: the package",
    )
    document, out = orchestrator(), parser.parse_args(arguments).out
    write(entities.package(document), out / "entities")
    write(operations.package(document), out / "operations")


def write(files: Mapping[str, str], folder: Path) -> None:
    """Make the folder hold exactly these modules."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.py"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
