"""The demo: readers as people write them, beside this client, against the emulator."""

from __future__ import annotations
