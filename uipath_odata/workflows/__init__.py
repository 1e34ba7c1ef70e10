"""Work by name: processes and their runs, queues, assets and files of storage buckets.

``handle`` is what all of them share: a name that is resolved on first use, and kept in ``known_names``. ``queue``, ``asset`` and
``bucket`` are handles; ``jobs/`` has that of processes, and their runs. ``by_name`` adds all of these to a client.
``seen_folders`` finds folders.

``producer`` fills queues, and ``performer`` processes their items. ``packages`` publishes packages. ``endpoints/`` calls endpoints
that no schema has. ``asset_values`` are the types of assets, and ``owner_ids`` finds the user or robot of a value. ``patience``
says how long the client looks for the effect of a lost answer; a start has its own search in ``jobs/starts``. ``to_the_end``
lets a step finish before a cancellation.
"""

from __future__ import annotations
