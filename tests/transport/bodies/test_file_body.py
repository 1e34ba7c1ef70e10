from __future__ import annotations

import io

import pytest

from uipath_odata.transport.bodies.file_body import FileBody, opened


@pytest.fixture
def body(tmp_path):
    (tmp_path / "a").write_bytes(b"file")
    return FileBody(tmp_path / "a", b"before-", b"-after")


@pytest.mark.parametrize("step", [1, 3, 7, 100, -1])
def test_a_body_is_what_stands_around_the_file_and_the_file(body, step):
    with body.open() as file:
        pieces = iter(lambda: file.read(step), b"")
        assert b"".join(pieces) == b"before-file-after"
        assert file.tell() == body.size == 17
        assert file.seek(0) == file.tell() == 0
        assert file.read() == b"before-file-after"
    assert file.closed


@pytest.mark.parametrize("place", [(1, io.SEEK_SET), (0, io.SEEK_END)])
def test_a_body_is_only_rewound(body, place):
    with body.open() as file, pytest.raises(io.UnsupportedOperation):
        file.seek(*place)


def test_nobody_learns_the_local_name(body):
    with body.open() as file:
        assert not hasattr(file, "name")
        assert (file.readable(), file.seekable()) == (True, True)


def test_a_missing_file_is_told_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        FileBody(tmp_path / "missing")


@pytest.mark.parametrize(("given", "kind"), [(b"", bytes), (b"x" * 2**20, bytes)])
def test_short_bytes_are_sent_as_they_are(given, kind):
    with opened(given) as data:
        assert data == given
        assert type(data) is kind


def test_long_bytes_are_sent_in_pieces():
    with opened(b"x" * (2**20 + 1)) as data:
        assert isinstance(data, io.BytesIO)


def test_a_body_says_how_long_it_is_so_that_a_slow_line_gets_time_for_it(body):
    assert len(body) == 17
