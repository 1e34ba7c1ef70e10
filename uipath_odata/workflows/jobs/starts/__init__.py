"""How a job is started: never twice.

``start`` is one request. ``starting`` sends it once. If its answer is lost, ``lost_start`` looks for the jobs, and ``start_search``
decides what it found: there is the argument why no job is started twice.
"""

from __future__ import annotations
