"""The login of a person in a browser: loopback address, PKCE, one-time code."""

from __future__ import annotations
