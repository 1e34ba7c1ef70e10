"""Generate ``entities/``, ``events/`` and ``operations/`` from an OpenAPI document.

``read/`` reads a document into frozen values, ``decide/`` chooses the Python names, modules, types and arguments, and
``write/`` writes the source text. The JSON files are the facts of the API. ``texts.toml`` has what ``help()`` says about each
set, operation and parameter. A client loads none of this.
"""

from __future__ import annotations
