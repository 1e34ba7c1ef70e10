"""OData filters and orders to SQL.

``tokens`` rewrites what odata-query cannot read, ``parser`` calls it, ``visitor`` turns the tree into SQL with
``paths`` (properties and links), ``functions``, ``arithmetic``, ``literals`` and ``coercion``; ``ordering`` does ``$orderby``.
``emulator.rows.selection`` calls this package. ``sql`` is a fragment of SQL with its parameters, which all of them make.
"""

from __future__ import annotations
