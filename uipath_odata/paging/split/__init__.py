"""Lists whose filter is too long for one request, read as several and merged.

``value_list`` finds lists of values in a filter, ``subqueries`` cuts them, ``plan`` reads the parts, ``membership`` checks that
a row belongs to the part that brought it.
"""

from __future__ import annotations
