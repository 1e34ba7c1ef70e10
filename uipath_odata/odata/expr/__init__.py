"""Filter expressions as frozen trees, and their OData text.

Users have an ``expression`` (a property or a function of one), a ``predicate`` (a condition) or one of the ``paths`` (a related
entity). These wrap ``nodes``, the tree. ``edm_types`` says which values fit a property. ``render`` and ``literals`` make the text;
``literals`` escapes values.
"""

from __future__ import annotations
