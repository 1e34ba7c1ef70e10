"""Entities of any set: how they are read and written.

``reads`` answers lists, single entities and counts: ``selection`` chooses the rows, ``projection`` and ``shape`` their
form. ``writes`` answers POST, PUT, PATCH and DELETE under ``limits`` (required, too long) and ``names`` (used twice).
``records`` looks rows up for behaviours, ``documents`` lists what is worked out, ``samples`` makes values from the schema.
``objects`` shows rows as another type, ``singletons`` keeps what a tenant has one of.
"""

from __future__ import annotations
