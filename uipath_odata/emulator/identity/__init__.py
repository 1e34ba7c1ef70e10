"""The identity server.

``logins`` has its endpoints, ``tokens`` its tokens and their scopes. ``current_user`` is the user of a request.
"""

from __future__ import annotations
