"""Commands in this process, against the ``tenant`` of the test's own module."""

from __future__ import annotations

import signal

import pytest
from click.testing import CliRunner

from uipath_odata.cli.commands.root import uipath_odata


@pytest.fixture
def command(tenant, monkeypatch):
    for name, value in tenant.environ.items():
        monkeypatch.setenv(name, value)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield lambda *arguments, stdin=None: CliRunner().invoke(uipath_odata, [*map(str, arguments)], input=stdin)
    for number, handler in before.items():
        signal.signal(number, handler)
