"""Signatures of webhooks, held against openssl: ``openssl dgst -sha256 -hmac SECRET -binary | base64``."""

from __future__ import annotations

import base64
import hmac
import statistics
import time

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.web import InvalidSignature, verify_signature

VECTORS = [
    ("secret", '{"Type":"job.completed"}', "Owze3+01LiwrkdfRS3FUaiZPCZZDuNB29WyP8oR3s6I="),
    ("secret", '{"Type":"ü"}', "3DWt+urUj7C9VfVPKP3Bqm/KOi6DU7qusuFh6t3xzmA="),
    ("secret", "", "+eZuF5tnR65UEI+C+K3os8Jddv0wr95sOVgixTAZYWk="),
    ("pässwörd", '{"Type":"job.completed"}', "FQ5K6EKKoxtuoaOjp+5Eekm/GuXd/RO+NdzQ/oiiSfo="),
    ("pässwörd", '{"Type":"ü"}', "KSqbvKIi0tOdCLBz0mX+/w+3+yaE+MGVfVAPrCQhVX4="),
    ("pässwörd", "", "3pZcVJcOm+anPMAVNk5yMTBDyNrwGPcVuToKouWSp0A="),
]


@pytest.mark.parametrize(("secret", "body", "signature"), VECTORS)
def test_what_openssl_signs_is_accepted(secret, body, signature):
    assert verify_signature(body.encode(), signature, secret) is None
    verify_signature(body.encode(), f"sha256={signature}", secret)
    verify_signature(body.encode(), f" {signature} ", ["another", secret])
    with pytest.raises(InvalidSignature):
        verify_signature(body.encode(), signature, ["another", "and another"])


def test_no_flipped_bit_passes():
    secret, body, signature = VECTORS[0]
    for place in range(8 * len(signature)):
        flipped = bytearray(signature.encode())
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(InvalidSignature):
            verify_signature(body.encode(), flipped.decode("latin-1"), secret)
    for place in range(8 * len(body)):
        flipped = bytearray(body.encode())
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(InvalidSignature):
            verify_signature(bytes(flipped), signature, secret)


@pytest.mark.parametrize("signature", [None, "", "sha256=", "x", "sha1=abc", "é", "Owze"])
def test_what_is_no_signature_is_refused_with_advice(signature):
    with pytest.raises(InvalidSignature, match="secret"):
        verify_signature(b"{}", signature, "secret")


@pytest.mark.parametrize("secret", ["", "  ", [], ["good", ""], [None], None])
def test_an_empty_secret_is_an_error_of_the_program(secret):
    with pytest.raises((QueryError, TypeError)):
        verify_signature(b"{}", "x", secret)


def test_a_body_that_was_parsed_before_is_an_error_of_the_program():
    with pytest.raises(QueryError, match="before it is parsed"):
        verify_signature("{}", "x", "secret")


@pytest.mark.full
def test_the_time_does_not_tell_where_the_first_wrong_byte_is():
    body = b"x" * 100
    right = base64.b64encode(hmac.digest(b"secret", body, "sha256")).decode()

    def spent(signature):
        began = time.perf_counter_ns()
        with pytest.raises(InvalidSignature):
            verify_signature(body, signature, "secret")
        return time.perf_counter_ns() - began

    early, late = "!" + right[1:], right[:-1] + "!"
    times = [(spent(early), spent(late)) for _ in range(20_000)]
    first, last = (statistics.median(each) for each in zip(*times, strict=True))
    assert abs(first - last) / first < 0.05
