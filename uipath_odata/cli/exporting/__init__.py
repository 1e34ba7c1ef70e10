"""An export as a command: driven, shown and reported.

`export_run` drives it, to files or to `standard_output`; `progress` shows it, on a terminal by the `live` display. `summary`
has its numbers, and `summary_table` shows them. `estimate` is ``--estimate`` and ``--explain``, `run_reports` what
``--report`` and ``--metrics`` leave.
"""
