"""Bytes on the wire.

``attempt`` is the innermost middleware: it takes a slot, starts the attempt's timeout and reads the whole body. ``inflate``
decompresses a body up to a limit. ``file_body`` sends a file; ``sink`` receives one.
"""

from __future__ import annotations
