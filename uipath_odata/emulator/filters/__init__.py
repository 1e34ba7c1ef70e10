"""OData filters and orders to SQL.

``tokens`` rewrites what odata-query cannot parse, ``parser`` calls it, and ``visitor`` makes SQL from the tree, with ``paths``
(properties and related entities), ``functions``, ``arithmetic``, ``literals`` and ``coercion``. ``ordering`` does ``$orderby``.
``sql`` is a fragment of SQL with its parameters; all of them return fragments. ``emulator.rows.selection`` calls this package.
"""

from __future__ import annotations
