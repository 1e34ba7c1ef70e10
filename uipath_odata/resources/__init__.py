"""Entity sets, and the methods that generated operations share.

An ``entity_set`` is a query and a group of operations; a ``resource`` is what these groups share; ``entity_sets`` is
what the generated class of all sets is built on; ``by_name`` finds the one entity of a name. Sets with files
are in ``files/``.
"""

from __future__ import annotations
