"""Files at pre-signed addresses of a cloud provider, without our token."""

from __future__ import annotations
