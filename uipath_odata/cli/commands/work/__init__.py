"""Commands that do work: ``start``, ``logs``, ``queue``, ``assets`` and ``files`` by name; ``query`` and ``call`` on any endpoint.

``rows_shown`` and ``rows_written`` write rows to standard output; ``rows_written`` also as CSV or one JSON array. ``json_input``
reads JSON from an option, a file or standard input.
"""

from __future__ import annotations
