"""An export as a command: run, shown and reported.

`export_line` has what a command line says. `export_run` runs it, to files or to `standard_output`. `progress` shows it; on a terminal by the `live` display. `summary`
has its numbers, and `summary_table` prints them. `estimate` is ``--estimate`` and ``--explain``. `run_reports` writes what
the `report_options` ask for.
"""
