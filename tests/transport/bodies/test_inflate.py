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
def test_bytes_behind_a_gzip_body_are_refused(library):
    with pytest.raises(DecodeError, match="follow"):
        inflated(PACKED + b"\0", library)


@both
def test_no_more_is_inflated_than_there_is_room_for(library):
    assert len(Inflate(library).feed(gzip.compress(bytes(10**6)), 1_000)) == 1_000
