"""A query bound to a client and read: fetched ahead, streamed, counted, explained, or a page at a time for a UI.

``bound_query`` is what users hold. ``list_source`` says where its list is, and makes and reads its requests. ``stream`` drives
a plan, ``loop`` is one loop over it: ``prefetch`` keeps requests running, of ``page_room`` rows
each; ``traced_stream`` adds a span. ``cursor/``
reads single pages and signs their cursors. ``count`` and ``explain`` answer without reading rows, ``row_form`` is what rows
become; ``asset_names`` narrows the one filter that servers read too widely.
"""

from __future__ import annotations
