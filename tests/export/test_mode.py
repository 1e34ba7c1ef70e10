"""Who may read an export: its owner, or whom the rights name that were asked for."""

from __future__ import annotations

import datetime as dt
import os
import stat

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.export import export
from uipath_odata.export.file_bytes import file_bytes
from uipath_odata.export.run_files.export_choice import ExportChoice
from uipath_odata.export.run_files.tables import ExportTable

from .tenant import Tenant
from .test_churn import lists_of

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")

NOW = dt.datetime(2024, 5, 10, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def releases():
    tenant = Tenant(NOW)
    tenant.sets = {"Releases": [{"Id": each, "Name": "r"} for each in range(1, 4)]}
    [found] = [each for each in lists_of(tenant) if each.entity_set == "Releases"]
    return found


@pytest.fixture(params=[0o077, 0o022, 0])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def rights_in(directory):
    paths = [directory, *directory.rglob("*")]
    found = {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()}
    return found, {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()}


@pytest.mark.parametrize(("mode", "entry"), [(0o640, 0o750), (0o664, 0o775), (0o600, 0o700)])
async def test_all_that_an_export_makes_has_the_rights_that_were_asked_for(
    releases, tmp_path, umask, mode, entry
):
    lake = tmp_path / "of/this/year"
    for _ in range(2):
        await export(releases, lake, since="last", partition_by="date", mode=mode)
    assert rights_in(tmp_path / "of") == ({mode}, {entry})


async def test_one_file_has_the_rights_that_were_asked_for(releases, tmp_path, umask):
    await export(releases, tmp_path / "rows.jsonl", mode=0o640)
    assert rights_in(tmp_path)[0] == {0o640}


async def test_without_a_word_an_export_is_its_owners_alone(releases, tmp_path, umask):
    await export(releases, tmp_path / "lake", mode=None)
    assert rights_in(tmp_path / "lake") == ({0o600}, {0o700})


async def test_files_that_were_there_keep_their_rights(releases, tmp_path):
    await export(releases, tmp_path / "lake", since="last")
    other = tmp_path / "lake/notes.txt"
    other.write_text("mine")
    other.chmod(0o604)
    await export(releases, tmp_path / "lake", since="last", mode=0o644)
    assert stat.S_IMODE(other.stat().st_mode) == 0o604


@pytest.mark.parametrize("mode", ["0440", "0755", "4640", "640x", "", 640, -1])
def test_rights_that_no_export_can_work_with_are_refused_before_anything_is_asked(mode):
    choice = ExportChoice(ExportTable(sets=("Releases",), mode=mode))
    with pytest.raises(QueryError, match="owner reads and writes, others may too, as in '0640'"):
        choice.check_format("lake")


@pytest.mark.parametrize("place", ["s3://bucket/lake", "-"])
def test_what_has_no_rights_of_its_own_refuses_them_with_what_to_do(place):
    choice = ExportChoice(ExportTable(sets=("Releases",), mode="0640"))
    with pytest.raises(QueryError, match=r"mode= is for .* files, .*leave it out"):
        choice.check_format(place)


def test_bytes_of_a_file_have_no_rights(releases):
    with pytest.raises(QueryError, match="mode= is for local files"):
        file_bytes([releases], mode=0o640)


def test_a_run_file_writes_rights_as_a_text_or_in_octal():
    choices = [ExportChoice(ExportTable(sets=("Releases",), mode=mode)) for mode in ("0640", 0o640, "640")]
    assert [choice.options()["mode"] for choice in choices] == [0o640] * 3
