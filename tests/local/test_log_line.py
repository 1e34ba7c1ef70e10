"""No line of the log without tenant and folder: whoever runs many tenants could not tell whom a line is about."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

import pytest

import uipath_odata
from uipath_odata.local.log_line import LogPlace, log_line

PACKAGE = Path(uipath_odata.__file__).parent
WRITER = PACKAGE / "local" / "log_line.py"
OTHER_PROGRAMS = {"emulator", "testing"}
"""They are servers and tests, and have no tenant."""
WRITES = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}


def loggers_of(tree):
    """The names of a module that are loggers; one that is not kept in a name shows as a call."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and "getLogger" in ast.dump(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def lines_without_a_place(text):
    """The numbers of the lines that write to the log by other means than ``log_line``."""
    tree = ast.parse(text)
    loggers = {"logging", *loggers_of(tree)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in WRITES
        and ((isinstance(node.value, ast.Name) and node.value.id in loggers) or "getLogger" in ast.dump(node))
    ]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=str)
def test_the_log_is_written_by_log_line_alone(path):
    if path != WRITER and path.relative_to(PACKAGE).parts[0] not in OTHER_PROGRAMS:
        assert lines_without_a_place(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        'logger = logging.getLogger("uipath_odata")\nlogger.info("x")',
        '_LOG: Final = logging.getLogger("uipath_odata")\ndef f():\n    _LOG.exception("x")',
        'logging.getLogger("x").warning("x")',
        'logging.error("x")',
        'logger = logging.getLogger("x")\nwrite = logger.log',
    ],
)
def test_a_line_that_is_written_past_it_would_be_seen(text):
    assert lines_without_a_place(text)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (LogPlace("acme/Default", "Shared/100 % sure"), "acme/Default, folder Shared/100 % sure"),
        (LogPlace("acme/Default", via="files.example"), "acme/Default via files.example, no folder"),
    ],
)
def test_a_line_begins_with_its_place_and_the_record_has_it(caplog, place, said):
    logger = logging.getLogger("uipath_odata.test")
    log_line(logger, logging.WARNING, place, "%d of %s", 3, "x", event="e")
    [record] = caplog.records
    assert record.getMessage() == f"{said}: 3 of x"
    assert (record.tenant, record.folder, record.event) == (place.tenant, place.folder, "e")
    assert record.pathname == __file__


def test_an_error_comes_with_its_traceback(caplog):
    logger = logging.getLogger("uipath_odata")
    log_line(logger, logging.ERROR, LogPlace("acme"), "it failed", error=KeyError("x"))
    assert "acme, no folder: it failed" in caplog.text
    assert "KeyError" in caplog.text
