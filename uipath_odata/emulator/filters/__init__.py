"""OData filters and orders to SQL.

``tokens`` rewrites what odata-query cannot read, ``parser`` calls it, ``visitor`` turns the tree into SQL with
``paths`` (properties and links), ``functions``, ``arithmetic``, ``literals`` and ``coercion``; ``ordering`` does ``$orderby``.
``rows.selection`` in the room beside begins it. ``sql`` is a piece of SQL with its parameters, of which all of them are made.
"""

from __future__ import annotations
