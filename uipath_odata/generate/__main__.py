"""Write a package of entities, events and operations: ``python -m uipath_odata.generate [SPEC] [--out DIR]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from uipath_odata.generate.decide.descriptions import described
from uipath_odata.generate.read.document import Document
from uipath_odata.generate.read.load_schema import orchestrator
from uipath_odata.generate.read.openapi import load
from uipath_odata.generate.read.texts import load_texts
from uipath_odata.generate.write import entities, operations

_PACKAGE: Final = Path(__file__).parents[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the package that the arguments ask for; without arguments, those of the command line."""
    parser = argparse.ArgumentParser(prog="python -m uipath_odata.generate", description=__doc__)
    parser.add_argument(
        "spec",
        type=Path,
        nargs="?",
        help="your Orchestrator's OpenAPI 3 or Swagger 2 document; default: API v20",
    )
    parser.add_argument(
        "--out", type=Path, help="the package that is written; default: this one, from API v20"
    )
    chosen = parser.parse_args(arguments)
    if chosen.spec is not None and chosen.out is None:
        parser.error("a document of your own needs a package of its own: give --out DIR")
    document = load(chosen.spec) if chosen.spec else described(orchestrator(), load_texts())
    generate(document, chosen.out or _PACKAGE)
    for each in operations.left_out(document):
        sys.stderr.write(f"{each.method} {each.path} is left out: it takes a form\n")


def generate(document: Document, out: Path) -> None:
    """Write a package with the document's entities, events and operations."""
    packages = {**entities.packages(document), "operations": operations.package(document)}
    for package, files in packages.items():
        write(files, out / package)
    # Relative imports between them need a package around them.
    (out / "__init__.py").touch()


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
