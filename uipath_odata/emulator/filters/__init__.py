"""OData filters and orders to SQL."""

from __future__ import annotations
