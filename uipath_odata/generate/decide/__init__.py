"""What the API becomes in Python.

``naming`` and ``enum_aliases`` choose names, ``modules`` the module of each schema; ``package_layout`` is the result.
``entity_sets`` finds the sets, ``method`` makes a method of each operation, ``property_types`` and ``call_types`` make the
annotations. ``descriptions`` adds the texts. Three lists are checked by hand: ``api_guide`` (names in UiPath's API guide),
``base_classes`` and ``repeatable_posts``.
"""

from __future__ import annotations
