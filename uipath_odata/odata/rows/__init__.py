"""JSON bodies to rows and back: entities, dicts, and bytes as the server sent them.

A body becomes JSON values in ``json_body``. Pages of entities are read as structs (``struct_pages``) and made by
functions ``compiled`` for their keys, of single ``values``; ``decode`` names the property at fault. Exports keep rows as bytes
(``raw_row``, ``raw_json``) and read a few ``columns`` of them. ``encode`` writes bodies, ``spelling`` and
``masks`` refuse what a write must not say; ``outward`` is how entities leave a program.
"""

from __future__ import annotations
