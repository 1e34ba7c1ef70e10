"""HTTP: from a request to a complete, checked answer. No other package imports the aiohttp client.

``transport`` puts it together. A ``request`` goes through a ``chain`` of middlewares (``retry`` → ``rate`` → the user's
own → ``tokens`` → ``bodies``) on a ``session`` of the ``pool``. Its ``connector`` uses no connection on which an unexpected
byte arrived. ``headers`` and ``errors`` say what an answer means. ``storage`` reads and writes files. ``observe`` has logs,
traces and metrics. ``clock`` is where time comes from. ``folder_header`` names a folder. ``slots`` limit how many requests
are on the wire at the same time.
"""

from __future__ import annotations
