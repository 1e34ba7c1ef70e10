"""What an export leaves on a real terminal of 80 and of 120 columns, drawn as a terminal draws it."""

from __future__ import annotations

import asyncio
import os
import re
import struct
import sys
from pathlib import Path

import pytest

if os.name == "nt":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

import fcntl
import pty
import termios

from uipath_odata.emulator import Emulator

SCREENS = Path(__file__).parent / "screens"
STEPS = re.compile(r"\x1b\[(?P<number>[\d;?]*)(?P<step>[A-Za-z])|[\r\n]|(?P<text>[^\x1b\r\n]+)")


def drawn(output):
    """Return the lines of a screen that starts empty; a line that is longer than it should be stays long."""
    lines, row, column = [""], 0, 0
    for found in STEPS.finditer(output):
        step, number, text = found["step"], found["number"], found["text"]
        if text:
            lines[row] = lines[row].ljust(column)[:column] + text + lines[row][column + len(text) :]
            column += len(text)
        elif step == "A":
            row = max(0, row - int(number or 1))
        elif step == "K":
            lines[row] = "" if number == "2" else lines[row][:column]
        elif found[0] == "\r":
            column = 0
        elif found[0] == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
    return [line.rstrip() for line in lines]


async def on_a_terminal(columns, *arguments, environ, cwd):
    """Run the command on a terminal of its own, and return what it wrote."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uipath_odata.cli", *arguments),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env={**environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path.cwd())},
    )
    os.close(theirs)
    written = bytearray()

    def read():
        while piece := _piece(ours):
            written.extend(piece)

    try:
        await asyncio.to_thread(read)
    finally:
        os.close(ours)
    return await process.wait(), written.decode()


def _piece(terminal):
    try:
        return os.read(terminal, 65_536)
    except OSError:  # EIO: the last process that had the terminal open has ended
        return b""


@pytest.fixture
async def environ():
    folders = [
        "Shared",
        "Shared/Finance",
        "Shared/" + "A folder whose name no narrow screen holds/" * 2 + "Übersicht",
    ]
    async with Emulator(seed=None) as running:
        names = [
            {"Id": number, "DisplayName": path, "FullyQualifiedName": path}
            for number, path in enumerate(folders, 1)
        ]
        running.insert("Folders", names)
        for number in range(1, 4):
            moment = "2024-05-14T06:{:02}:00Z"
            logs = [{"TimeStamp": moment.format(each), "Message": f"{each}"} for each in range(15 * number)]
            running.insert("RobotLogs", logs, folder=number)
            running.insert(
                "Robots", [{"Id": 10 * number + each, "Name": "R"} for each in range(3)], folder=number
            )
        ours = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("UIPATH_", "COLUMNS", "LINES"))
        }
        yield {
            **ours,
            "UIPATH_URL": running.base_url,
            "UIPATH_TOKEN_URL": running.token_url,
            "UIPATH_ACCESS_TOKEN": "demo-pat",
        }


@pytest.mark.parametrize("columns", [80, 120])
async def test_an_export_leaves_the_screen_of_the_golden_file(environ, tmp_path, columns):
    export = ("export", "RobotLogs", "Robots", "--all-folders", "--parallel", "1", "--output", "lake")
    code, output = await on_a_terminal(columns, *export, environ=environ, cwd=tmp_path)
    lines = drawn(output)
    assert code in {0, 3}
    assert max(map(len, lines)) <= columns
    screen = re.sub(r"\d+:\d\d(?= in all)", "0:00", "\n".join(lines))
    assert screen == (SCREENS / f"export-{columns}.txt").read_text("utf-8")


@pytest.mark.parametrize("columns", [80, 120])
async def test_an_error_stands_whole_on_lines_of_its_own(environ, tmp_path, columns):
    export = ("export", "Robots", "--folder", "999", "--output", "lake")
    code, output = await on_a_terminal(columns, *export, environ=environ, cwd=tmp_path)
    lines = [line for line in drawn(output) if line]
    assert code == 1
    assert max(map(len, lines)) <= columns
    assert re.fullmatch(
        r"uipath-odata: Robots: GET \S+/odata/Robots: Folder does not exist .* Check the folder with the id 999, and that "
        r"the account has access to it \(HTTP 400, .*\)",
        " ".join(lines),
    )


def test_a_terminal_overwrites_and_moves_up():
    assert drawn("abc\rX\r\nold\x1b[1A\r\x1b[2Kd\x1b[32me\r\nnew") == ["de", "new"]
