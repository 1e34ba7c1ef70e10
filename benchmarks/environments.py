"""A virtual environment for each peer, made of pinned requirements and kept for the next run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uipath-odata-benchmarks"


class NotInstalled(Exception):
    """A peer's packages cannot be installed here; the message says why."""


def python_of(name, *, make=True):
    """Return the interpreter of a peer's environment, made now unless one is kept; None if it must not be made."""
    requirements = PEERS / "requirements" / f"{name}.txt"
    mark = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = KEPT / f"{name}-{mark}"
    if (folder / "made").exists():
        return folder / "bin" / "python"
    if not make:
        return None
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--requirement", requirements]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(done.stderr.strip().splitlines()[-1])
    (folder / "made").touch()
    return folder / "bin" / "python"
