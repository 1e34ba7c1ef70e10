from __future__ import annotations

import re

from uipath_odata.auth import Secret
from uipath_odata.auth.login.pkce import code_challenge, new_verifier


def test_the_example_of_rfc_7636():
    """RFC 7636 Appendix B."""
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_is_long_random_and_of_allowed_characters():
    """RFC 7636 §4.1."""
    verifiers = {new_verifier().reveal() for _ in range(50)}
    assert len(verifiers) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{86}", each) for each in verifiers)
