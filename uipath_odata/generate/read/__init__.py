"""Documents to frozen values.

``document`` is what every reader returns. ``load_schema`` reads the committed schema; ``openapi``, with ``openapi_types``, reads a
user's own OpenAPI 3 or Swagger 2 document. ``json_texts`` says which texts hold JSON. ``texts`` reads this package's own texts
about the API, ``plain_text`` those of a user's document.
"""

from __future__ import annotations
