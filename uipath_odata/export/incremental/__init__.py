"""What a later night reads: runs since the last, recounts, what has settled."""

from __future__ import annotations
