"""This machine, not the protocol.

``threads`` does work that blocks beside the event loop; ``durable`` puts files on the disk, whole or not at all.
"""

from __future__ import annotations
