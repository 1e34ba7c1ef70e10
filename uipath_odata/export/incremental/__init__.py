"""What a later night reads.

`run_start` settles what a run asks for, `scan_steps` turns that into queries, `run_end` writes down how it ended. `recount` finds closed
intervals that changed, `settle` says up to when rows are complete, `mirror` which rows of a lake are gone, `clocks` when the night before
began, `shrinking` how much of a list may be gone. `until` is the question's own end in time, `followed` which rows may still change,
`known_changes` whether the server says so. `details` asks for rows one by one.
"""

from __future__ import annotations
