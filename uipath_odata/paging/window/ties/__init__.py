"""Buckets that no page holds: split by what never changes, or counted between two readings.

`tie_group` decides what is given, `tie_split` shows a bucket whole in parts, `sandwich` by a count, `counts`
says how far a server's numbers can be believed, `copies` keeps what the answers showed, and `fits` tells whether a row may
meet a condition.
"""

from __future__ import annotations
