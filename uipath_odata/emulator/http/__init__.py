"""From a request to a call, and from an answer to a response.

``server`` joins the rest: ``addresses`` (Orchestrator's root and the path below it), ``routes`` (path to operation),
``folders`` (which folder), ``options`` and ``parameters`` (query strings), ``multipart`` (bodies), ``rate_limits``,
``planned`` (broken answers on demand), ``storage`` (files at pre-signed addresses), ``answers`` (answers and refusals), ``cors`` (requests of web
pages).
"""

from __future__ import annotations
