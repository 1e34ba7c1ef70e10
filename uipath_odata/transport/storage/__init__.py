"""Files at pre-signed addresses of a cloud provider.

``address`` says which addresses may be contacted; ``storage`` sends, without our token.
"""

from __future__ import annotations
