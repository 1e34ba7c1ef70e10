from __future__ import annotations

import os

import pytest

from uipath_odata.local import durable
from uipath_odata.local.durable import put_in_place, write_whole


def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    steps = []
    place = tmp_path / "done"
    fresh = tmp_path / "fresh"
    synced = os.fsync

    def fsync(descriptor):
        steps.append("directory" if place.exists() else f"file of {os.fstat(descriptor).st_size}")
        synced(descriptor)

    monkeypatch.setattr(durable.os, "fsync", fsync)
    with fresh.open("wb") as file:
        file.write(b"content")
        put_in_place(file, fresh, place)
    assert steps == ["file of 7", "directory"]
    assert (place.read_bytes(), fresh.exists()) == (b"content", False)


def test_a_disk_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    place = tmp_path / "done"
    place.write_bytes(b"old")
    monkeypatch.setattr(durable.os, "fsync", full)
    with (tmp_path / "fresh").open("wb") as file:
        file.write(b"new")
        with pytest.raises(OSError, match="No space"):
            put_in_place(file, tmp_path / "fresh", place)
    assert place.read_bytes() == b"old"


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one_and_no_rest(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    place = tmp_path / "ready"
    write_whole(place, b"old")
    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(place, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("ready", b"old")]
