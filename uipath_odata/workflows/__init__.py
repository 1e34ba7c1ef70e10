"""Work by name: processes and their runs, queues, assets and files of buckets.

``handle`` is what all of them share: a name that becomes an entity when it is first needed, kept in ``known_names``.
``queue``, ``asset`` and ``bucket`` are handles, ``jobs/`` has that of processes and what their runs do;
``seen_folders`` finds folders. ``producer`` fills queues, ``performer`` works their items off, ``packages`` publishes what
processes run, ``endpoints/`` calls what no schema has; ``by_name`` is how a client names all of these. ``asset_values`` are the
kinds of assets, ``owner_ids`` finds whose values they are. ``patience`` says how long the work on queues looks for what a lost answer did; a start has its own search in
``jobs/starts``. ``to_the_end`` is what a cancellation waits for.
"""

from __future__ import annotations
