"""The identity server: ``logins`` has its addresses, ``tokens`` what it issues and what that is good for."""

from __future__ import annotations
