"""Read a query of a client: stream, count or explain it, or read a page at a time for a UI.

``bound_query`` is the query that users have. ``list_source`` says where its list is, and makes its requests. ``stream`` runs a
plan, and ``loop`` is one ``async for`` over it. ``prefetch`` keeps several requests running; ``page_room`` says how many rows
each asks for. ``traced_stream`` adds a span. ``cursor/`` reads single pages and signs their cursors. ``count`` and ``explain``
read no rows. ``row_form`` says what rows become. ``asset_names`` narrows a filter that servers apply too widely.
"""

from __future__ import annotations
