"""UiPath's own Python and TypeScript SDKs against the emulator: ``python -m tests.emulator.clients [FOLDER]``.

Each has an environment of its own in the folder, made once and kept: a virtual environment and a folder of node modules,
of the versions that stand beside this file. Both must run: a client that cannot be installed is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.emulator.clients.tenant import fill
from uipath_odata.emulator import Emulator

HERE = Path(__file__).parent


def python_sdk(folder: Path) -> list[str]:
    """Return the command that tries the Python SDK."""
    python = folder / "python" / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt")
    return [str(python), str(HERE / "python_sdk.py")]


def typescript_sdk(folder: Path) -> list[str]:
    """Return the command that tries the TypeScript SDK."""
    node = folder / "node"
    node.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "typescript_sdk.mjs"):
        shutil.copy(HERE / name, node)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", cwd=node)
    return ["node", str(node / "typescript_sdk.mjs")]


def run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run([str(each) for each in command], check=True, cwd=cwd)


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "emulator-clients")
    failed = 0
    for make in (python_sdk, typescript_sdk):
        command = make(folder)
        print(f"== {make.__name__}", flush=True)
        with Emulator(seed=None) as emulator:
            environ = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
            failed += subprocess.run(command, env=environ | fill(emulator), check=False).returncode != 0
    return failed


sys.exit(main())
