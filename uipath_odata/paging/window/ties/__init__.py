"""Buckets that fill a page: split by properties that never change, or counted between two readings.

`tie_group` decides what is returned. `tie_split` shows that a bucket is complete in parts, `sandwich` by a count. `counts` says how
far a server's numbers can be trusted, `copies` has what the answers showed, and `fits` tells whether a row may meet a condition.
"""

from __future__ import annotations
