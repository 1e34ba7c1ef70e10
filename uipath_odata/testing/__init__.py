"""For the tests of others: the pytest plugin, which pytest finds by itself once the package is installed.

``plugin`` has the fixtures ``orchestrator_server``, ``orchestrator_emulator``, ``orchestrator`` and ``uipath_env``, and the
marker ``orchestrator``. Importing it loads neither the emulator nor the client: the first fixture does.
"""

from __future__ import annotations
