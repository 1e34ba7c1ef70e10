"""The command ``uipath-odata``.

`commands` has the commands and their options, `demo` the demonstration. `connection`, `entity_sets` and `selection` turn
options into clients and queries; `export_run`, `estimate` and `progress` drive an export and show it; `runner`,
`exit_codes`, `wording` and `printable` end a command, with a code and a line that names options; `login` logs in.
"""

from __future__ import annotations
