"""Generate ``entities/``, ``events/`` and ``operations/`` from an OpenAPI document.

``read/`` makes a document into frozen values, ``decide/`` chooses the Python names, modules, types and arguments, and
``write/`` lays out the text. The JSON files are the facts of the API; ``texts.toml`` holds what ``help()`` says of each
set, operation and parameter. A client loads none of this.
"""

from __future__ import annotations
