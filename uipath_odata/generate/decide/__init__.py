"""What the API becomes in Python: names, methods, arguments, modules."""

from __future__ import annotations
