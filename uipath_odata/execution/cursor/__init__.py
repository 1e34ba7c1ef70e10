"""Pages for a user interface: some rows, and texts that lead to those after and before them.

``page`` reads a ``list_page`` by the requests of ``ask``. ``keyset`` says which rows come after a row in the user's order.
``moments`` does that for RobotLogs, which have no Id. If neither is possible, the page uses ``$skip``. ``seal`` turns a position
into a signed text.
"""

from __future__ import annotations
