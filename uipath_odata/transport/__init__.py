"""HTTP: from a request to a whole, checked answer. This room alone imports the aiohttp client.

``transport`` puts it together: a ``request`` goes through a ``chain`` of middlewares (``retry`` → ``rate`` → the user's
own → ``tokens`` → ``bodies``) on a ``session`` of the ``pool``, whose ``connector`` uses clean connections only. What an
answer means is in ``headers`` and ``errors``; files go through ``storage``; ``observe`` is what others can see of it;
``clock`` is where time comes from; ``folder_header`` names a folder, ``slots`` bound what is on the wire
at once.
"""

from __future__ import annotations
