"""Rows to files.

`cutter` says where a part ends, `part_writer` commits parts, `row_notes` what the journal keeps of their rows, `file_layout` names files and
columns, `row_bytes` adds columns, `part_files`, `single_file` and `growing_file` write them.
"""

from __future__ import annotations
