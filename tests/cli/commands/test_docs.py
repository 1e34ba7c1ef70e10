"""The guides on a terminal: what the pager gets, it can show."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

_COLOUR = "\x1b["


def shown(tmp_path, pager):
    """Return what the program of this name gets as the pager of ``uipath-odata docs words`` on a terminal."""
    program = tmp_path / pager
    program.write_text('#!/bin/sh\necho "LESS=$LESS" > "$0.got"\ncat >> "$0.got"\n')
    program.chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if name not in ("LESS", "NO_COLOR")}
    terminal, inside = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "uipath_odata.cli", "docs", "words"],
            env={**environ, "TERM": "xterm-256color", "PAGER": str(program)},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            check=True,
        )
    finally:
        os.close(inside)
        os.close(terminal)
    return program.with_suffix(".got").read_text()


def test_less_is_told_that_colours_come(tmp_path):
    said = shown(tmp_path, "less")
    assert said.startswith("LESS=-R\n"), "less shows escape codes as ESC[1m, unless it is told of them"
    assert _COLOUR in said
    assert "Words of these guides" in said


def test_a_pager_that_knows_no_colours_gets_none(tmp_path):
    said = shown(tmp_path, "plain")
    assert _COLOUR not in said
    assert "Words of these guides" in said
