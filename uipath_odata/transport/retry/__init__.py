"""Which failed attempts are sent again, when, and how often.

``policy`` decides, without I/O: a 429, a 5xx, a lost connection. ``exception_map`` says what aiohttp's exceptions mean.
``retry`` is the middleware that repeats. ``progress`` is how far one request has come, and what all requests of a client
share.
"""

from __future__ import annotations
