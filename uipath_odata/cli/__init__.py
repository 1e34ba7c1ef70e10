"""The command ``uipath-odata``.

`commands` has the commands and their options, `demo` the demonstration. `connection` turns options
into clients; `export_run`, `standard_output`, `estimate`, `progress` and `live` drive an export and show it, `run_reports` keeps its report; `runner`, `exit_codes`,
`wording` and `printable` end a command, with a code and a line that names options; `login` logs in.
"""

from __future__ import annotations
