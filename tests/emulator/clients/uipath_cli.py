"""UiPath's own command line against the emulator: each step is one of its commands, and says what it must print.

It stands beside the Python SDK, in the same environment, and runs in a project of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

UIPATH = str(Path(sys.executable).with_name("uipath"))
FOLDER = ("--folder-path", "Shared/Finance")
DESCRIPTION = '[project]\nname = "agent"\nversion = "{}"\ndescription = "d"\nauthors = [{{name = "a"}}]\nrequires-python = ">=3.11"\n'
MAIN = """
from dataclasses import dataclass

@dataclass
class Input:
    n: int

@dataclass
class Output:
    n: int

def main(given: Input) -> Output:
    return Output(given.n + 1)
"""
PROJECT = {
    "uipath.json": json.dumps({"functions": {"main": "main.py:main"}}),
    "main.py": MAIN,
    "up.txt": "content",
}


def steps():
    """Give each command, and a text that it must print."""
    yield ("new", "agent", "--type", "function"), "main.py"
    yield ("init",), "entry-points"
    yield ("run", "main", '{"n": 1}'), "Successful execution"
    yield ("assets", "list", *FOLDER, "--format", "json"), '"Url"'
    yield ("assets", "list", *FOLDER, "--filter", "Name eq 'Url'", "--format", "csv"), "Url"
    yield ("assets", "list", *FOLDER, "--orderby", "Name desc", "--top", "1", "--skip", "1"), "Token"
    yield ("buckets", "create", "made", "--description", "d", *FOLDER), "made"
    yield ("buckets", "list", *FOLDER), "made"
    yield ("buckets", "exists", "made", *FOLDER), "exists"
    yield ("buckets", "retrieve", "--name", "made", *FOLDER, "--format", "json"), "made"
    yield ("buckets", "files", "upload", "made", "up.txt", "in/a b.txt", *FOLDER), "up.txt"
    yield ("buckets", "files", "list", "made", *FOLDER), "in/a b.txt"
    yield ("buckets", "files", "search", "made", "*.txt", "--recursive", *FOLDER), "in/a b.txt"
    yield ("buckets", "files", "exists", "made", "in/a b.txt", *FOLDER), "exists"
    yield ("buckets", "files", "download", "made", "in/a b.txt", "down.txt", *FOLDER), "down.txt"
    yield ("buckets", "files", "delete", "made", "in/a b.txt", "--confirm", *FOLDER), "in/a b.txt"
    yield ("buckets", "delete", "made", "--confirm", *FOLDER), "made"
    yield ("pack", "--nolock"), "successfully packaged"
    yield ("publish", "--tenant"), "published"
    yield ("deploy", "--folder", "Orchestrator"), "published"
    yield ("deploy", "--my-workspace"), "published"
    yield ("invoke", "main", '{"n": 1}'), "started"


def main():
    passed = 0
    environ = os.environ | {"PYTHONIOENCODING": "utf-8", "UIPATH_TELEMETRY_ENABLED": "false"}
    with tempfile.TemporaryDirectory() as place:
        for number, (command, expected) in enumerate(steps()):
            if command[0] in {"init", "deploy"}:
                described = {"pyproject.toml": DESCRIPTION.format(f"0.0.{number}")}
                for name, text in (PROJECT | described).items():
                    Path(place, name).write_text(text, "utf-8")
            done = subprocess.run(
                [UIPATH, *command], cwd=place, env=environ, capture_output=True, encoding="utf-8", check=False
            )
            printed = done.stdout + done.stderr
            good = done.returncode == 0 and expected in printed
            passed += good
            print(f"{'passed' if good else 'FAILED'} {' '.join(command[:3])}")
            if not good:
                print(f"  {done.returncode}: {printed[-1500:]}")
    print(f"{passed} of {number + 1} commands")
    sys.exit(passed <= number)


main()
