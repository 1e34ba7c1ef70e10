"""OData 4.0 without I/O: queries, their text, and the entities that they speak of."""

from __future__ import annotations
