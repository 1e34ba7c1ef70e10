"""Packages that are generated for a test, and a sender that records."""

from __future__ import annotations

import importlib

import pytest

from uipath_odata.generate.__main__ import generate
from uipath_odata.generate.read.openapi import read
from uipath_odata.transport.request import Response


class Recorder:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    async def send(self, request, /):
        self.sent.append(request)
        return Response(200, {}, self.answers.pop(0))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Generate a package from a document and import its operations."""
    monkeypatch.syspath_prepend(tmp_path)

    def made(spec, name):
        generate(read(spec), tmp_path / name)
        return importlib.import_module(f"{name}.operations"), importlib.import_module(f"{name}.entities")

    return made


@pytest.fixture
def recorder():
    return Recorder
