"""Files at pre-signed addresses of a cloud provider.

``address`` says which addresses are gone to; ``storage`` sends, without our token.
"""

from __future__ import annotations
