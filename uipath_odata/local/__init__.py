"""What depends on this machine, not on the protocol.

``threads`` runs blocking work outside of the event loop, and ``event_loop`` says which loop a client needs. ``durable`` writes
files completely or not at all. ``lazy_names`` makes a package import a module when a name is first used. ``frames`` keeps what
was sent out of tracebacks. ``garbage_collection`` holds the collector back while a page
is read. ``option_names`` refuses options that a call does not take. ``log_line`` writes log lines, each with its tenant and folder.
"""

from __future__ import annotations
