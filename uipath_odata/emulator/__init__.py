"""A local UiPath Orchestrator on this machine: aiohttp.web and SQLite, for trying a client and for tests.

``emulator`` is what programs hold; ``serving`` listens for it. Tests use ``add`` (rows), ``jobs`` (moved by hand), ``outcomes``
(how a job ends), ``faults`` (broken answers), ``clock`` and ``calls`` (which requests came); ``control`` lets programs in
other languages do the same over HTTP. ``states`` are seeds, snapshots and files that it is brought to;
``recording/`` keeps the answers of a real tenant. ``world`` is the state and settings that every answer is made from; ``registry`` says
which function answers which operation.

A request passes ``http/`` (address, folder, options; tokens by ``identity/``), then ``behaviours/`` (what single operations
do) or ``rows/`` (what every entity set does), after ``life/`` has let happen what is due, with the schedules of
``triggers/``; all read and write ``data/`` (the schema, the tables, the demo tenant) with the SQL of ``filters/``. Nothing
here shares code with the client.
"""

from __future__ import annotations

from uipath_odata.emulator.emulator import Emulator, serve
from uipath_odata.emulator.outcomes import Done, Faulted, Suspended

__all__ = ["Done", "Emulator", "Faulted", "Suspended", "serve"]
