"""R09: a body that goes elsewhere may take long, as long as it moves."""

from __future__ import annotations

import asyncio

import pytest

from uipath_odata.errors import DecodeError
from uipath_odata.transport.bodies.sink import copy_to


class Content:
    def __init__(self, chunks):
        self.chunks = chunks

    async def iter_any(self):
        for chunk in self.chunks:
            await asyncio.sleep(0)
            yield chunk


class Answer:
    def __init__(self, *chunks, **headers):
        self.content = Content(chunks)
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


class Counting:
    def __init__(self):
        self.events = []

    def begin(self, headers, *, framed):
        self.events.append(("begin", framed))

    def write(self, chunk):
        self.events.append(len(chunk))

    def alive(self):
        self.events.append("alive")


async def events(*chunks, **headers):
    sink = Counting()
    await copy_to(Answer(*chunks, **headers), sink, sink.alive)
    return sink.events


async def test_r09_the_clock_is_set_anew_for_each_64_kib_and_for_no_less():
    came = await events(b"x" * 65_535, b"x", b"x" * 65_535, b"x" * 200_000)
    assert came == [("begin", False), 65_535, 1, "alive", 65_535, 200_000, "alive"]


async def test_r09_bytes_that_drip_do_not_set_the_clock_anew():
    assert "alive" not in await events(*[b"x"] * 1_000)


@pytest.mark.parametrize(
    ("headers", "framed"),
    [
        ({}, False),
        ({"Content_Length": "0"}, True),
        ({"Transfer_Encoding": "Chunked"}, True),
        ({"Transfer_Encoding": "gzip"}, False),
    ],
)
async def test_r15_only_a_length_or_chunks_show_a_cut(headers, framed):
    assert await events(**headers) == [("begin", framed)]


async def test_a_coding_is_refused_before_the_sink_begins():
    sink = Counting()
    with pytest.raises(DecodeError, match="'gzip' though none was asked for"):
        await copy_to(Answer(b"x", Content_Encoding=" GZip "), sink, sink.alive)
    assert sink.events == []
