"""Lists in the user's own order, read by ``$skip``: best effort.

``plan`` implements the protocol of all plans. ``segments`` has what is not read yet, ``evidence`` what the pages show about the
list. ``links`` follows next links; ``next_link`` reads how one continues the list.
"""

from __future__ import annotations
