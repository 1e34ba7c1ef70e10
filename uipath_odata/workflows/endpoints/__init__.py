"""Endpoints that no schema has: any request (``any_request``) and any list (``any_list``)."""

from __future__ import annotations
