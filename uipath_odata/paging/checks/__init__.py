"""What a row can show against the request that brought it: a server may ignore a filter, an order or a bound.

Only what every honest server answers alike is compared: integers, booleans, GUIDs, the names of enums and, give or take
a second, date-times, of properties that the row shows as its own. Texts are never compared (databases hold ae for æ, and
ignore case and blanks at the end), nor fractions, nor what a row leaves out; nor is null held against ``ne`` or ``not``.

``answer_check`` holds rows against a query, ``verdict`` judges one condition, and ``comparable`` says how values are
compared.
"""

from __future__ import annotations
