"""A run that is written down: which lists of which tenants go where, in a TOML file.

`run_file` reads a file and checks it whole; `tables` has what may stand in it, `parsing` reads it. `credentials` finds what a tenant logs in
with, `entity_sets` and `selection` turn names and texts into queries, `export_choice` is what one export asks for.
"""

from __future__ import annotations
