"""Proof Key for Code Exchange, RFC 7636: who redeems a code is who asked for it."""

from __future__ import annotations

import base64
import hashlib
import secrets

from uipath_odata.auth.secret import Secret

__all__ = ["code_challenge", "new_verifier"]


def new_verifier() -> Secret:
    """Make up 512 bits in the 86 characters that RFC 7636 §4.1 allows."""
    return Secret(secrets.token_urlsafe(64))


def code_challenge(verifier: Secret) -> str:
    """Return the S256 challenge of RFC 7636 §4.2."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
