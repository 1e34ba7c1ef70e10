"""Check rows against their request: a server may ignore a filter, an order or a bound.

Compared are only values that every correct server treats alike: integers, booleans, GUIDs, names of enums, and date-times
that differ by more than a second. Never compared are texts (databases take ae for æ, and ignore case and blanks at the end),
fractions, properties that the row does not have, and null under ``ne`` or ``not``.

``answer_check`` checks rows against a query, ``verdict`` checks one condition, and ``comparable`` says how values are
compared.
"""

from __future__ import annotations
