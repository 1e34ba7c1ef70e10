"""The facts files and OpenAPI documents to one document."""

from __future__ import annotations
