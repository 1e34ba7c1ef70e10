"""This machine, not the protocol.

``threads`` does work that blocks beside the event loop, and ``event_loop`` says which loop a client needs; ``durable``
puts files on the disk, whole or not at all; ``lazy_names`` makes a package import a module when a name is first used;
``frames`` keeps what was sent out of tracebacks; ``log_line`` writes the log, each line with its tenant and folder.
"""

from __future__ import annotations
