"""Lists in the user's own order, read by ``$skip``: best effort.

``plan`` reads them; ``next_link`` says where a server's link may lead.
"""

from __future__ import annotations
