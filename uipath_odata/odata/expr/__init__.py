"""Filter expressions as frozen trees, and the OData text that they render to."""

from __future__ import annotations
