"""What an editor shows over a method, an argument's place and a property: pyright's language server is asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SERVER = Path(sys.executable).with_name("pyright-langserver")
ROOT = Path(__file__).parents[2]
CODE = """\
from uipath_odata import Orchestrator
from uipath_odata.entities import Job
async def main(orchestrator: Orchestrator, job: Job) -> None:
    await orchestrator.jobs.start_jobs(release_key="x")
    job.stop_strategy
    Job.stop_strategy
    orchestrator.queue_items
"""


def _message(number, method, **parameters):
    own = {"id": number} if number else {}
    return {"jsonrpc": "2.0", **own, "method": method, "params": parameters}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Ask once what stands over the last name of each line that has one."""
    if not SERVER.exists():
        pytest.skip("pyright comes with the dev group")
    folder = tmp_path_factory.mktemp("editor")
    (folder / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)]}), encoding="utf-8")
    file = (folder / "code.py").as_uri()
    lines = CODE.splitlines()
    hovers = [
        _message(
            number,
            "textDocument/hover",
            textDocument={"uri": file},
            position={"line": number, "character": re.sub(r"\(.*", "", lines[number]).rindex(".") + 2},
        )
        for number in range(3, len(lines))
    ]
    messages = [
        _message(
            1,
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            capabilities={"textDocument": {"hover": {"contentFormat": ["plaintext"]}}},
        ),
        _message(None, "initialized"),
        _message(
            None,
            "textDocument/didOpen",
            textDocument={"uri": file, "languageId": "python", "version": 1, "text": CODE},
        ),
        *hovers,
    ]
    with subprocess.Popen(
        [SERVER, "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as server:
        # One that never answers ends too.
        watch = threading.Timer(120, server.kill)
        watch.start()
        for each in messages:
            body = json.dumps(each).encode()
            server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        server.stdin.flush()
        answers = {}
        while len(answers) < len(hovers) and (answer := _received(server.stdout)):
            if answer.get("id") in range(3, len(lines)) and "method" not in answer:
                answers[answer["id"]] = answer["result"]["contents"]["value"]
        watch.cancel()
        server.kill()
    return answers


def _received(stream):
    """Read the next message; None at the end."""
    length = 0
    while (line := stream.readline()).strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return json.loads(stream.read(length)) if length else None


def test_over_a_method_stands_what_it_does_needs_and_takes(shown):
    assert "Start a process" in shown[3]
    assert "OR.Jobs.Write" in shown[3]
    assert "Key (GUID) of the process" in shown[3]


def test_over_a_property_stands_what_it_holds(shown):
    assert "JobStopStrategy | None" in shown[4]
    assert "How it was asked to stop" in shown[4]


def test_over_a_property_in_a_query_stands_the_same(shown):
    assert "Expr[JobStopStrategy, Job]" in shown[5]
    assert "How it was asked to stop" in shown[5]


def test_over_an_entity_set_stands_what_it_lists(shown):
    assert "at most 100 a page" in shown[6]
