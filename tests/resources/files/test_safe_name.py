"""R104: names that servers choose."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.resources.files.download import target_of
from uipath_odata.resources.files.safe_name import safe_name

HOSTILE = {
    "../etc/passwd": "passwd",
    "../../../../etc/shadow": "shadow",
    "..": "_",
    ".": "_",
    "": "_",
    "/": "_",
    "//": "_",
    "a/../../b": "b",
    "a/..": "_",
    "a/../": "_",
    "/etc/passwd": "passwd",
    "..\\..\\Windows\\win.ini": "win.ini",
    "C:\\Windows\\system32": "system32",
    "C:evil.exe": "C_evil.exe",
    "\\\\server\\share\\x": "x",
    "\\\\?\\C:\\x": "x",
    "\\\\.\\pipe\\x": "x",
    "file.txt:hidden": "file.txt_hidden",
    "file.txt::$DATA": "file.txt__$DATA",
    "~/.ssh/id_rsa": "id_rsa",
    "~root": "_~root",
    ".bashrc": "_.bashrc",
    "...": "_",
    ". .": "_",
    "-rf": "_-rf",
    "--help": "_--help",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "PRN.": "_PRN",
    "aux.c": "_aux.c",
    "NUL": "_NUL",
    "nul.tar.gz": "_nul.tar.gz",
    "COM1": "_COM1",
    "com9.log": "_com9.log",
    "LPT1.txt": "_LPT1.txt",
    "COM¹": "_COM1",
    "CONIN$": "_CONIN$",
    "CON ": "_CON",
    "a\x00b": "a_b",
    "a\nb": "a_b",
    "a\rb\tc": "a_b_c",
    "\x1b[2Jred": "_[2Jred",
    "a\x7fb": "a_b",
    "a\x85b": "a_b",
    "a\u2028b": "a_b",
    "cod\u202egpj.exe": "cod_gpj.exe",
    "a\u200eb": "a_b",
    "a\ufeffb": "a_b",
    "a\udcffb": "a_b",
    "a\ue000b": "a_b",
    "\uff0e\uff0e\uff0f\uff0e\uff0e\uff0fetc": "_.._.._etc",
    "a\uff0fb": "a_b",
    "\uff1cb\uff1e": "_b_",
    "name.": "name",
    "name...": "name",
    "name   ": "name",
    " name": "name",
    "a*b?c": "a_b_c",
    'a"b<c>d|e': "a_b_c_d_e",
    "a" * 300: "a" * 200,
    "é" * 300 + ".pdf": "é" * 98 + ".pdf",
    "a." + "b" * 300: "a." + "b" * 198,
    "😀" * 100: "😀" * 50,
    "%2e%2e%2fx": "%2e%2e%2fx",
}
PLAIN = [
    "report.pdf",
    "Invoices.1.0.3.nupkg",
    "Größe (2).xlsx",
    "データ.csv",
    "a b.txt",
    "x",
    "archive.tar.gz",
    "_a",
]


def test_there_are_sixty_of_them():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize(("given_name", "name"), HOSTILE.items(), ids=ascii)
def test_r104_a_hostile_name_becomes_a_plain_one(given_name, name):
    assert safe_name(given_name) == name


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_stays(name):
    assert safe_name(name) == safe_name(f"folder/{name}") == name


@given(st.text(st.characters(codec=None), max_size=300))
def test_r104_no_text_leads_out_of_a_directory(text):
    name = safe_name(text)
    assert name not in {"", ".", ".."}
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert not re.match(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", name)
    assert name[0] not in "-.~ "
    assert name[-1] not in ". "
    assert len(name.encode()) <= 201
    assert not any(unicodedata.category(each) in {"Cc", "Cf", "Cs"} for each in name)
    assert safe_name(name) == name


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_r104_the_file_is_in_the_directory(tmp_path, name):
    target = target_of(tmp_path, name)
    assert target.resolve().parent == tmp_path.resolve()
    target.write_bytes(b"x")
    assert [each.name for each in tmp_path.iterdir()] == [target.name]


def test_a_destination_that_is_no_directory_is_the_file(tmp_path):
    assert target_of(tmp_path / "mine.bin", "theirs.bin") == tmp_path / "mine.bin"
