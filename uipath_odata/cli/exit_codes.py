"""The exit codes of every command."""

from __future__ import annotations

from typing import Final

__all__ = [
    "COMPLETE",
    "ENDED_BADLY",
    "FAILED",
    "INTERRUPTED",
    "LOCKED",
    "PARTIAL",
    "TIMED_OUT",
    "UNSOUND",
    "USAGE",
]

COMPLETE: Final = 0
"""Done, also when it was done already."""
FAILED: Final = 1
"""Failed: no row was exported."""
USAGE: Final = 2
"""The command was asked for something that it cannot do; nothing was tried. click exits with the same."""
PARTIAL: Final = 3
"""Some of it was done, or a list is not proven to have all rows."""
ENDED_BADLY: Final = 4
"""``start --wait``: the job faulted or was stopped."""
UNSOUND: Final = 5
"""``verify`` found a fault, or ``compact`` did before or after its work."""
LOCKED: Final = 75
"""EX_TEMPFAIL of sysexits.h: another process exports there, try again later."""
TIMED_OUT: Final = 124
"""As timeout(1) of coreutils: the time is over, and the job runs on."""
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells count."""
