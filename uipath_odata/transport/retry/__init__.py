"""Which failed attempts are sent again, when, and how often.

``policy`` decides, without I/O, what to do after a 429, a 5xx or a lost connection. ``exception_map`` says what aiohttp's
exceptions mean. ``retry`` is the middleware that repeats. ``progress`` has the state of one request, and what all requests of
a client share.
"""

from __future__ import annotations
