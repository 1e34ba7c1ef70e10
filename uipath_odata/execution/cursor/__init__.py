"""Pages for a user interface: some rows, and texts that lead to those after and before them.

``page`` reads one, a ``list_page``, by the requests of ``ask``. ``keyset`` says which rows come after a row in the asked order; ``moments`` does that for RobotLogs,
which have no key; where neither can be, rows are counted. ``seal`` makes a position a text that nobody changes unseen.
"""

from __future__ import annotations
