"""A query bound to a client and read: fetched ahead, streamed, counted, explained."""

from __future__ import annotations
