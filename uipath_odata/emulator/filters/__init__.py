"""OData filters and orders to SQL.

``tokens`` rewrites what odata-query cannot read, ``parser`` calls it, ``visitor`` turns the tree into SQL with
``paths`` (properties and links), ``functions``, ``arithmetic``, ``literals`` and ``coercion``; ``ordering`` does ``$orderby``.
"""

from __future__ import annotations
