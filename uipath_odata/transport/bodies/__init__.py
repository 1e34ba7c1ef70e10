"""Bytes on the wire.

``attempt`` is the innermost middleware: a slot, a clock, the whole body. ``inflate`` unpacks and bounds it. ``file_body``
sends a file; ``sink`` takes one.
"""

from __future__ import annotations
