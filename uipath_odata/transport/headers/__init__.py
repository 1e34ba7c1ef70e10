"""Headers as values.

``retry_after`` and ``rate_limit`` say when to ask again; ``www_authenticate`` says what a token lacks; ``field`` says
what can stand in a header.
"""

from __future__ import annotations
