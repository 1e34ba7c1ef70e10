"""A fingerprint of a hash key, for the job and the manifest of an export."""

from __future__ import annotations

import functools
import hashlib
import hmac
from typing import Final

__all__ = ["fingerprint", "is_same_key"]

_SALT: Final = b"uipath-odata fingerprint"
_EARLIER: Final = dict[str, str]()
"""By each fingerprint that was made here, the one that the first release made of the same key."""


@functools.lru_cache(64)
def fingerprint(key: bytes) -> str:
    """Return the fingerprint of a key, slow to make: who has a manifest tries some twenty keys a second (RFC 7914)."""
    made = f"scrypt:{hashlib.scrypt(key, salt=_SALT, n=2**14, r=8, p=1, dklen=8).hex()}"
    _EARLIER[made] = hmac.new(key, _SALT, hashlib.sha256).hexdigest()[:16]
    return made


def is_same_key(held: str, asked: str) -> bool:
    """Tell whether two fingerprints are of one key; the first release may have made the one that is ``held``."""
    return held in (asked, _EARLIER.get(asked))
