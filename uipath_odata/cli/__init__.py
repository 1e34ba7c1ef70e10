"""The command ``uipath-odata``.

`commands` has the commands and their options, `demo` the demonstration. `connection` turns options
into clients, and `sections` writes both in help; `exporting` drives an export and shows it; `runner`, `exit_codes`, `wording` and `printable` end a command, with a
code and a line that names options; `standard_streams` stands in where the shell closed one; `login` logs in.
"""
