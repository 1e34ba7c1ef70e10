"""Generate ``entities/``, ``events/`` and ``operations/`` from an OpenAPI document.

``read/`` makes a document into frozen values, ``decide/`` chooses the Python names, modules, types and arguments, and
``write/`` lays out the text. Nothing here is loaded by a client.
"""

from __future__ import annotations
