from __future__ import annotations

import gc

import pytest

from uipath_odata.local.garbage_collection import uncollected


@pytest.fixture(autouse=True)
def collector_on():
    yield
    gc.enable()


def test_nothing_is_collected_in_the_block():
    collected = []
    gc.callbacks.append(lambda phase, _: collected.append(phase))
    try:
        with uncollected():
            held = [[] for _ in range(100_000)]
            during = [*collected]
    finally:
        gc.callbacks.pop()
    assert (during, len(held)) == ([], 100_000)
    assert gc.isenabled()


def test_the_collector_is_on_again_after_an_error():
    with pytest.raises(ValueError, match="a row"), uncollected():
        raise ValueError("a row")
    assert gc.isenabled()


def test_the_collector_stays_off_where_the_program_has_it_off():
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()
