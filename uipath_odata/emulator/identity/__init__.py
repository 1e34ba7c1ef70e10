"""The identity server.

``logins`` has its addresses, ``tokens`` what it issues and what that is good for, ``current_user`` is whom requests come from.
"""

from __future__ import annotations
