"""Headers as values.

``pace`` says when to ask again: Retry-After and rate limits; ``www_authenticate`` says what a token lacks; ``field`` says
what can stand in a header.
"""

from __future__ import annotations
