"""The command ``uipath-odata``.

`commands` has the commands and their options, `demo` the demonstration. `connection` turns options
into clients; `exporting` drives an export and shows it; `runner`, `exit_codes`, `wording` and `printable` end a command, with a
code and a line that names options; `login` logs in.
"""
