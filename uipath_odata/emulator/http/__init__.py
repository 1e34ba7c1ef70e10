"""From an HTTP request to a call, and from an answer to an HTTP response.

``server`` joins the others. ``addresses`` splits a URL into Orchestrator's root and the path, ``routes`` finds the operation of a
path, and ``folders`` the folder. ``options`` and ``parameters`` read query strings, ``multipart`` reads bodies. ``rate_limits``
answers 429. ``planned`` has the faults that tests plan. ``storage`` serves files at pre-signed addresses. ``answers`` has answers
and refusals, ``cors`` the headers for web pages.
"""

from __future__ import annotations
