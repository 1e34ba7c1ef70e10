"""Reading and writing the entities of any set.

``reads`` answers lists (such as ``GET /odata/Jobs``), single entities and counts. ``selection`` chooses the rows, ``projection``
and ``shape`` the properties. ``writes`` answers POST, PUT, PATCH and DELETE; ``limits`` refuses missing and too long values, and
``names`` duplicate ones. ``records`` looks rows up for behaviours. ``documents`` lists rows that are computed and not stored.
``samples`` makes example values from the schema. ``objects`` shows rows as another type. ``singletons`` keeps objects of which a
tenant has one.
"""

from __future__ import annotations
