"""What generated operations share.

An ``entity_set`` is a query with operations; a ``resource`` is a group of operations without a list. The generated class of all
sets inherits ``entity_sets``. ``by_name`` finds the one entity with a name. Sets with files are in ``files/``.
"""

from __future__ import annotations
