"""Headers as values.

``pace`` reads when to ask again: Retry-After and rate limits. ``www_authenticate`` reads what a token lacks. ``field`` says
which characters a header may have.
"""

from __future__ import annotations
