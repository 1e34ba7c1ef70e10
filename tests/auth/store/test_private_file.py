"""R49, R41: the file of the logins, at rest and while its writer is killed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from uipath_odata.auth.store.private_file import read_private, write_private
from uipath_odata.errors import AuthenticationFailed

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "private" / "logins.json"


def test_what_was_written_is_read(file):
    for data in (b"first", b"", b"second"):
        write_private(file, data)
        assert read_private(file) == data
    assert [each.name for each in file.parent.iterdir()] == ["logins.json"]


def test_no_file_is_nothing(file):
    assert read_private(file) is None


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_r49_only_the_owner_reads_it_whatever_the_umask(file, umask):
    before = os.umask(umask)
    try:
        write_private(file, b"secret")
    finally:
        os.umask(before)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_r49_a_file_that_others_may_use_is_refused(file, mode):
    write_private(file, b"secret")
    file.chmod(mode)
    with pytest.raises(AuthenticationFailed, match="open to others: remove it and log in again"):
        read_private(file)


@posix
def test_r49_a_link_is_refused_and_replaced_not_followed(file, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    target.chmod(0o600)
    file.parent.mkdir(mode=0o700)
    file.symlink_to(target)
    with pytest.raises(AuthenticationFailed, match="is a link"):
        read_private(file)
    write_private(file, b"ours")
    assert (target.read_bytes(), read_private(file), file.is_symlink()) == (b"theirs", b"ours", False)


@posix
def test_r49_a_link_in_the_place_of_the_temporary_file_is_not_followed(file, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    file.parent.mkdir(mode=0o700)
    file.with_name("logins.json.new").symlink_to(target)
    write_private(file, b"ours")
    assert (target.read_bytes(), read_private(file)) == (b"theirs", b"ours")


@posix
@pytest.mark.parametrize("mode", [0o755, 0o777, 0o710])
def test_r49_a_directory_that_others_may_enter_is_refused(file, mode):
    file.parent.mkdir()
    file.parent.chmod(mode)
    with pytest.raises(AuthenticationFailed, match="open to others"):
        write_private(file, b"secret")
    assert not list(file.parent.iterdir())


@posix
def test_r49_a_linked_directory_is_refused(file, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    file.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuthenticationFailed, match="is a link"):
        write_private(file, b"secret")


@posix
def test_r49_what_belongs_to_somebody_else_is_refused(file):
    write_private(file, b"secret")
    try:
        os.chown(file, 12_345, -1)
    except PermissionError:
        pytest.skip("only root gives files away")
    with pytest.raises(AuthenticationFailed, match="belongs to somebody else"):
        read_private(file)


@posix
def test_r49_a_directory_in_its_place_is_refused(file):
    file.mkdir(parents=True, mode=0o700)
    with pytest.raises(AuthenticationFailed):
        read_private(file)


KILLED = """
import os, sys
from pathlib import Path
from uipath_odata.auth.store import private_file

file = Path(sys.argv[1])

def killed_at(number):
    left = [number]

    def step(frame, event, argument):
        if frame.f_code.co_filename != private_file.__file__:
            return None
        if event in {"line", "return"}:
            left[0] -= 1
            if not left[0]:
                os._exit(9)
        return step

    return step

number, killed = 0, 0
while True:
    number += 1
    private_file.write_private(file, b"old")
    child = os.fork()
    if not child:
        sys.settrace(killed_at(number))
        private_file.write_private(file, b"new")
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    content = private_file.read_private(file)
    assert content in (b"old", b"new"), (number, content)
    private_file.write_private(file, b"next")
    assert private_file.read_private(file) == b"next"
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    if code == 0:
        assert content == b"new"
        break
    killed += 1
print(killed)
"""


@posix
def test_r41_a_writer_that_is_killed_at_any_step_leaves_the_old_file_or_the_new_one(file):
    program = [sys.executable, "-c", KILLED, str(file)]
    finished = subprocess.run(program, capture_output=True, text=True, check=False)
    assert finished.stderr == ""
    assert int(finished.stdout) > 15
