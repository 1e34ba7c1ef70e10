"""Check that a webhook's body was signed with the secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from typing import cast

from uipath_odata.errors import InvalidSignature, QueryError

__all__ = ["secrets_of", "verify_signature"]


def verify_signature(body: bytes, signature: str | None, secret: str | Iterable[str]) -> None:
    """Raise InvalidSignature unless ``signature``, the header X-UiPath-Signature, was made of the body with a secret.

    The body is the raw one. Several secrets are for a rotation: any counts. Raises QueryError for an empty secret. It is
    base64 of HMAC-SHA256, also after ``sha256=`` (docs.uipath.com, Orchestrator, *Webhooks*).
    """
    secrets = secrets_of(secret)
    if not isinstance(cast("object", body), bytes | bytearray | memoryview):
        raise QueryError(
            f"a body is bytes, not {type(body).__name__}: pass it as it came, before it is parsed"
        )
    if not signature:
        raise InvalidSignature(
            "The request has no X-UiPath-Signature: give the webhook in Orchestrator a secret, and this receiver the same"
        )
    given = signature.strip().removeprefix("sha256=").encode("utf-8", "replace")
    # All are compared, each in the same time wherever it differs.
    matches = [hmac.compare_digest(_signature(each, body), given) for each in secrets]
    if not any(matches):
        raise InvalidSignature(
            "The signature does not fit body and secret: compare the secrets, and pass the body as it came"
        )


def secrets_of(secret: str | Iterable[str]) -> tuple[bytes, ...]:
    """Return the secrets as they sign; raise QueryError where one is empty or there is none."""
    given = (secret,) if isinstance(secret, str) else tuple(secret)
    if not given or not all(isinstance(cast("object", each), str) and each.strip() for each in given):
        raise QueryError(
            "a webhook's secret is missing or empty, so that anybody could send events: set one in Orchestrator"
        )
    return tuple(each.encode() for each in given)


def _signature(secret: bytes, body: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, body, "sha256"))
