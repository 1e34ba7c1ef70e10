"""Commands that do work: ``start``, ``logs``, ``queue``, ``assets`` and ``files`` by name, ``query`` and ``call`` on any endpoint.

``rows_shown`` and ``rows_written`` write what they list, ``json_input`` reads what they are given.
"""

from __future__ import annotations
