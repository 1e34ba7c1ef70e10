"""Decisions to source text.

``entities`` and ``operations`` write the three packages. ``entity_module``, ``enum_module`` and ``operation_module`` write one
module each, ``method_text`` one method, ``docstring`` the text of hover and ``help()``. ``lazy_package`` and ``sets_package`` write
an ``__init__``. ``source`` breaks lines as the formatter does.
"""

from __future__ import annotations
