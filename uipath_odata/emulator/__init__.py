"""A local UiPath Orchestrator: aiohttp.web and SQLite, for trying a client and for tests.

``emulator`` is the class that programs use, and ``serving`` its HTTP server. Tests use ``add`` (rows), ``jobs`` (ended by hand),
``outcomes`` (how a job ends), ``faults`` (broken answers), ``clock``, and ``calls`` (the requests that came). ``control`` offers
the same over HTTP to programs in other languages. ``states`` sets it to a seed, a snapshot or a file. ``recording/`` keeps the
answers of a real tenant. ``world`` is the state and the settings from which every answer is made. ``registry`` says which
function answers which operation.

A request goes through ``http/`` (address, folder, options) and ``identity/`` (tokens). Then ``life/`` brings the state up to the
emulator's time, with the schedules of ``triggers/``. Then a function answers: one in ``behaviours/`` if the operation has its own,
else one in ``rows/``, which answers every entity set alike. So ``GET /odata/Jobs`` is in ``rows/``, and StartJobs in
``behaviours/``. All of them read and write ``data/`` (the schema, the tables, the demo tenant) with the SQL of ``filters/``. Nothing
here shares code with the client.
"""

from __future__ import annotations

from uipath_odata.emulator.emulator import Emulator, serve
from uipath_odata.emulator.outcomes import Done, Faulted, Suspended

__all__ = ["Done", "Emulator", "Faulted", "Suspended", "serve"]
