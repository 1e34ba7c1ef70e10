"""Lists in the user's own order, read by ``$skip``: best effort.

``plan`` reads them; ``next_link`` reads what of a server's link continues the list.
"""

from __future__ import annotations
