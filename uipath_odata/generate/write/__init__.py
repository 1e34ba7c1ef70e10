"""Decisions to source text.

``entities`` and ``operations`` write the three packages: ``entity_module``, ``enum_module`` and ``operation_module`` one
module each, ``method_text`` one method, ``docstring`` what hover and ``help()`` say, ``lazy_package`` and
``sets_package`` the ``__init__``. ``source`` lays lines out as the formatter would.
"""

from __future__ import annotations
