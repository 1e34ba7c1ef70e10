"""What the API becomes in Python.

``naming`` and ``enum_aliases`` choose names, ``modules`` the module of each schema, and ``package_layout`` holds all of
it. ``entity_sets`` finds the sets, ``method`` makes each operation a method, ``property_types`` and ``call_types`` the
annotations. ``descriptions`` joins the texts to what they are about. Reviewed by hand: ``api_guide`` (the guide's other
names), ``base_classes`` and ``repeatable_posts``.
"""

from __future__ import annotations
