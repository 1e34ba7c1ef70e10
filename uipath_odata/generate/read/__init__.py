"""Documents to frozen values.

``document`` is what every reader returns. ``load_schema`` reads the committed schema, ``openapi`` (with
``openapi_types``) a user's own OpenAPI 3 or Swagger 2. ``json_texts`` marks the texts that hold JSON. ``texts`` reads
our own words about the API, ``plain_text`` those of a user's document.
"""

from __future__ import annotations
