"""Documents to frozen values.

``document`` is what every reader returns. ``load_schema`` reads the committed schema, ``openapi`` (with
``openapi_types``) a user's own OpenAPI 3 or Swagger 2. ``json_texts`` marks the texts that hold JSON.
"""

from __future__ import annotations
