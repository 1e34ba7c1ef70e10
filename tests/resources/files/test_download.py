"""A file appears whole or not at all, whatever the disk does."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from uipath_odata.errors import ConnectionFailed, DecodeError, ExportError
from uipath_odata.resources.files.download import AtomicDownload, Downloaded


@pytest.fixture
def target(tmp_path):
    return tmp_path / "a.bin"


def receive(arrival, *chunks, framed=True, **headers):
    arrival.begin({name.replace("_", "-"): text for name, text in headers.items()}, framed=framed)
    for chunk in chunks:
        arrival.write(chunk)


def test_nothing_is_seen_before_it_is_whole(target, tmp_path):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"ab", b"c")
        assert not target.exists()
        assert arrival.commit() == Downloaded(target, 3, verified=True)
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]
    assert target.read_bytes() == b"abc"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_is_its_owners_alone(target):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"x")
        arrival.commit()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_without_commit_nothing_stays(target, tmp_path):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"x" * 3_000_000)
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_each_attempt_starts_anew(target, tmp_path):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"first, long")
        receive(arrival, b"second")
        assert len(list(tmp_path.iterdir())) == 1
        assert arrival.commit().size == 6
    assert target.read_bytes() == b"second"


@pytest.mark.parametrize(
    ("framed", "expected", "verified"), [(True, None, True), (False, 3, True), (False, None, False)]
)
def test_r15_a_length_that_nobody_said_is_not_verified(target, framed, expected, verified):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"abc", framed=framed)
        assert arrival.commit(expected).verified is verified


@pytest.mark.parametrize("expected", [0, 2, 4])
def test_r15_another_length_than_the_metadata_say_is_an_error(target, tmp_path, expected):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"abc", framed=False)
        with pytest.raises(ConnectionFailed, match=f"3 bytes of {expected}: try again"):
            arrival.commit(expected)
    assert not list(tmp_path.iterdir())


def test_an_answer_without_a_file_is_an_error(target, tmp_path):
    with AtomicDownload(target) as arrival, pytest.raises(ConnectionFailed, match="brought no file"):
        arrival.commit()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("pages", "refused"), [(True, False), (False, True)])
def test_a_page_is_refused_where_it_cannot_be_meant(target, pages, refused):
    arrival = AtomicDownload(target, pages=pages)
    if refused:
        with pytest.raises(DecodeError, match="check organization and tenant"):
            arrival.begin({"Content-Type": "Text/HTML; charset=utf-8"}, framed=True)
    else:
        arrival.begin({"Content-Type": "text/html"}, framed=True)
        arrival.discard()


@pytest.mark.parametrize(
    ("length", "total"), [("3", 3), ("", None), ("x", None), ("-3", None), ("٣", None), ("+3", None)]
)
def test_progress_knows_the_length_where_the_server_says_it(target, length, total):
    seen = []
    with AtomicDownload(target, progress=lambda come, whole: seen.append((come, whole))) as arrival:
        receive(arrival, b"a", b"bc", Content_Length=length)
    assert seen == [(1, total), (3, total)]


@pytest.mark.parametrize(
    "made", [os.mkdir, lambda path: path.symlink_to("/nowhere"), lambda path: path.touch()]
)
def test_what_is_there_is_refused(target, made):
    made(target)
    with pytest.raises(ExportError, match=r"exists already|is a directory"):
        AtomicDownload(target)


def test_what_came_in_between_is_refused_and_stays(target):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"theirs")
        target.write_bytes(b"mine")
        with pytest.raises(ExportError, match="exists already"):
            arrival.commit()
    assert target.read_bytes() == b"mine"


def test_r104_a_link_is_replaced_and_not_followed(target, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"other")
    target.symlink_to(other)
    with AtomicDownload(target, overwrite=True) as arrival:
        receive(arrival, b"new")
        arrival.commit()
    assert (target.is_symlink(), target.read_bytes(), other.read_bytes()) == (False, b"new", b"other")


def test_r95_a_disk_that_refuses_says_why(tmp_path):
    arrival = AtomicDownload(tmp_path / "missing" / "a.bin")
    with pytest.raises(ExportError, match="cannot be written, No such file or directory: correct that"):
        arrival.begin({}, framed=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_r95_a_full_disk_leaves_nothing(target, tmp_path):
    with AtomicDownload(target) as arrival:
        receive(arrival, b"x")
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, arrival._file.fileno())
        os.close(full)
        with pytest.raises(ExportError, match="No space left on device: correct that or name another place"):
            arrival.write(b"x" * 3_000_000)
    assert not list(tmp_path.iterdir())
