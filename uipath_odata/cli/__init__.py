"""The command ``uipath-odata``.

``commands`` are its commands with their options, ``demo`` is one of them. What they share: ``runner`` (a command to its end),
``connection`` (which Orchestrator), ``selection`` and ``entity_sets`` (which rows), ``login``, ``export_run`` with
``estimate``, ``progress`` and ``warnings`` (an export as a person sees it), ``wording`` and ``printable`` (what a terminal
may show), ``exit_codes``.
"""

from __future__ import annotations
