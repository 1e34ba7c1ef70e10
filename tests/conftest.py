"""Settings of all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# Machines that run tests are shared: how long an example takes says nothing of the code.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("simulation"):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Let the processes that a simulation starts go without coverage as well."""
    if not item.get_closest_marker("simulation"):
        return (yield)
    measured = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE")}
    try:
        return (yield)
    finally:
        os.environ.update(measured)
