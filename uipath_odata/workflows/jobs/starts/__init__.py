"""How a job is started: never twice.

A ``start`` is what one request says. ``starting`` sends it once; when its answer is lost, ``lost_start`` looks for its jobs,
and ``start_search`` decides what a reading means: there is the argument why no job is started twice.
"""

from __future__ import annotations
