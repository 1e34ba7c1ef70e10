"""Lists in the user's own order, read by ``$skip``: best effort."""

from __future__ import annotations
