"""Clients of others against the emulator: ``python -m tests.emulator.clients FOLDER [--full] [NAME …]``.

Without ``--full`` UiPath's own Python and TypeScript SDKs are tried, and the Python one beside this package. With it every method of the Python SDK is tried in both
its forms, and UiPath's command line, an MCP server and a client generated from the API's document are tried, too.
Each has an environment of its own in the folder, made once and kept: a virtual environment or a folder of node modules, of
the versions that stand beside this file. All must run: a client that cannot be installed is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import venv
from importlib.resources import files
from pathlib import Path

from tests.emulator.clients.tenant import fill
from tests.openapi_document import document
from uipath_odata.emulator import Emulator

HERE = Path(__file__).parent
QUICK = ("python_sdk", "beside_ours", "typescript_sdk")
FULL = (*QUICK, "uipath_cli", "mcp_server", "generated_client")


def python_in(folder: Path, name: str) -> Path:
    """Return the interpreter of a client's environment, with its requirements installed."""
    python = folder / name / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements" / f"{name}.txt")
    return python


def command_of(name: str, folder: Path, *, full: bool) -> tuple[list[str], dict[str, str]]:
    """Return the command that tries a client, and what it needs in its environment."""
    script = str(HERE / f"{name}.py")
    match name:
        case "typescript_sdk":
            return typescript_sdk(folder), {}
        case "generated_client":
            python = python_in(folder, name)
            return [str(python), script], {"PYTHONPATH": str(generated(python, folder))}
        case "beside_ours":
            return [sys.executable, script, str(python_in(folder, "python_sdk"))], {}
        case "uipath_cli":
            return [str(python_in(folder, "python_sdk")), script], {}
        case "python_sdk":
            return [str(python_in(folder, name)), script, *(["--full"] if full else [])], {}
        case _:
            return [str(python_in(folder, name)), script], {}


def typescript_sdk(folder: Path) -> list[str]:
    node = folder / "node"
    node.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "typescript_sdk.mjs"):
        shutil.copy(HERE / name, node)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", cwd=node)
    return ["node", str(node / "typescript_sdk.mjs")]


def generated(python: Path, folder: Path) -> Path:
    """Generate a client from the API's document; return the folder of its package."""
    place = folder / "generated"
    place.mkdir(exist_ok=True)
    facts = json.loads((files("uipath_odata") / "generate" / "orchestrator-v20.json").read_text("utf-8"))
    (place / "openapi.json").write_text(json.dumps(document(facts, answers=True)), "utf-8")
    generator = python.with_name("openapi-python-client")
    described = ("--path", place / "openapi.json", "--output-path", place / "orchestrator_api")
    run(generator, "generate", *described, "--meta", "none", "--overwrite")
    return place


def run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run([str(each) for each in command], check=True, cwd=cwd)


def try_client(name: str, folder: Path, *, full: bool) -> bool:
    """Run one client against an emulator of its own; return whether it is content."""
    command, needed = command_of(name, folder, full=full)
    print(f"== {name}", flush=True)
    with Emulator(seed=None) as emulator:
        environ = {each: text for each, text in os.environ.items() if each != "PYTHONPATH"}
        done = subprocess.run(command, env=environ | fill(emulator) | needed, check=False)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.emulator.clients")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FULL)}")
    chosen = parser.parse_args()
    names = chosen.names or (FULL if chosen.full else QUICK)
    return sum(not try_client(name, chosen.folder, full=chosen.full) for name in names)


sys.exit(main())
