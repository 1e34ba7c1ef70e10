from __future__ import annotations

import gzip
import random
import zlib
from contextlib import suppress

import pytest
from aiohttp import ClientPayloadError
from zlib_ng import zlib_ng

from uipath_odata.errors import DecodeError
from uipath_odata.transport.bodies.inflate import Inflate

BODY = (
    b'{"value":[' + b",".join(b'{"Id":%d,"Name":"%x"}' % (each, each * 7_919) for each in range(300)) + b"]}"
)
PACKED = gzip.compress(BODY)
ENOUGH = 1 << 20

both = pytest.mark.parametrize("library", [zlib, zlib_ng], ids=["zlib", "zlib-ng"])


def inflated(data, library, step=ENOUGH):
    stream = Inflate(library)
    parts = [stream.feed(data[start : start + step], ENOUGH) for start in range(0, len(data), step)]
    stream.finish()
    return b"".join(parts)


@both
@pytest.mark.parametrize("step", [1, 7, 1_000, ENOUGH])
def test_a_gzip_body_is_read_in_pieces_of_any_size(library, step):
    assert inflated(PACKED, library, step) == BODY


@both
def test_r12_a_gzip_body_that_is_cut_at_any_byte_is_no_body(library):
    for end in range(len(PACKED)):
        with pytest.raises(ClientPayloadError, match="cut"):
            inflated(PACKED[:end], library, 100)


@both
def test_r13_a_gzip_body_with_any_byte_changed_is_never_another_body(library):
    rng = random.Random(5)
    for place in range(10, len(PACKED)):  # the header before it says nothing of the body
        turned = bytearray(PACKED)
        turned[place] ^= rng.randrange(1, 256)
        with suppress(ClientPayloadError, DecodeError):
            assert inflated(bytes(turned), library) == BODY


@both
@pytest.mark.parametrize("rest", [b"\0", b"\0\0\0\0", b"more"])
def test_bytes_after_a_gzip_body_that_are_no_member_are_refused(library, rest):
    with pytest.raises(DecodeError, match="follow"):
        inflated(PACKED + rest, library)


@both
@pytest.mark.parametrize("step", [1, 7, 1_000, ENOUGH])
@pytest.mark.parametrize("size", [1, 300, len(BODY) // 2, len(BODY)])
def test_a_body_of_several_members_is_read_whole(library, step, size):
    """RFC 1952 §2.2."""
    members = b"".join(
        gzip.compress(BODY[start : start + size]) for start in range(0, len(BODY), size) if size > 1
    )
    members = members or gzip.compress(BODY[:100]) + gzip.compress(b"") + gzip.compress(BODY[100:])
    assert inflated(members, library, step) == BODY


@both
def test_r12_a_second_member_that_is_cut_at_any_byte_is_no_body(library):
    for end in range(1, len(PACKED)):
        with pytest.raises(ClientPayloadError, match="cut"):
            inflated(PACKED + PACKED[:end], library, 100)


@both
def test_no_more_is_inflated_than_there_is_room_for(library):
    assert len(Inflate(library).feed(gzip.compress(bytes(10**6)), 1_000)) == 1_000
