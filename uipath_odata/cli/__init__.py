"""The command ``uipath-odata``.

`commands` has the commands and their options, and `demo` the demonstration. `connection` makes a client from options, and
`sections` groups options in ``--help``. `exporting` runs an export and shows its progress. `login` logs in.

`runner` ends each command with one of the `exit_codes`; `wording` makes errors name options instead of arguments. `printable`
escapes what a terminal cannot show. `standard_streams` replaces a standard stream that the shell closed.
"""
