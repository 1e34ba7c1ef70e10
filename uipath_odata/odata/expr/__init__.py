"""Filter expressions as frozen trees, and the OData text that they render to.

Users hold an ``expression`` (a property or a function of one), a ``predicate`` (a condition) or one of the ``paths`` to
related entities: thin covers of ``nodes``, the tree. ``edm_types`` says which values fit a property; ``render`` and
``literals`` make the text.
"""

from __future__ import annotations
