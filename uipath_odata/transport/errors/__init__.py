"""Error answers, and the exceptions that they become.

``status`` is the table from a status to a class. ``problem`` reads what the body says. ``advice`` says what to do next.
``lost_write`` says how to find out whether a write has happened whose answer was lost.
"""

from __future__ import annotations
