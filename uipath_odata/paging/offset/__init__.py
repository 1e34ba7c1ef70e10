"""Lists in the user's own order, read by ``$skip``: best effort.

``plan`` speaks the protocol of all plans, ``segments`` keeps what was not read yet, ``evidence`` what the pages show of
the whole list. ``links`` follows next links, of which ``next_link`` reads what continues the list.
"""

from __future__ import annotations
