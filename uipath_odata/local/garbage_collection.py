"""Many objects made at once without the garbage collector, whose walks over them find nothing."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["uncollected"]


@contextmanager
def uncollected() -> Generator[None, None, None]:
    """Hold the garbage collector back in a block that makes objects and waits for nothing; it stays off where it was off."""
    was_on = gc.isenabled()
    if was_on:  # else another thread, or the program itself, is the one to turn it on again
        gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
