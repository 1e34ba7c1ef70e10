"""The demo: loops as people write them and this client, all reading the emulator."""

from __future__ import annotations
