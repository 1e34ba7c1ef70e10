"""A query bound to a client and read: fetched ahead, streamed, counted, explained.

``bound_query`` is what users hold. ``list_source`` says where its list is, and makes and reads its requests. ``stream`` drives
a plan, ``loop`` is one loop over it: ``prefetch`` keeps requests running; ``traced_stream`` adds a span. ``count`` and
``explain`` answer without reading rows; ``asset_names`` narrows the one filter that servers read too widely.
"""

from __future__ import annotations
