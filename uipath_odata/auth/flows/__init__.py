"""How each kind of credential asks an identity server for a token."""

from __future__ import annotations
