"""R112."""

from __future__ import annotations

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.errors import QueryError
from uipath_odata.transport.folder_header import folder_headers

GUID = "6F9619FF-8B86-D011-B42D-00CF4FC964FF"


@pytest.mark.parametrize("path", ["Shared", "Shared/Finance", "A folder/b (1)", "a.b", ".hidden", "..."])
def test_an_ascii_path_is_sent_plainly(path):
    assert folder_headers(path=path) == {"X-UIPATH-FolderPath": path}


@pytest.mark.parametrize(
    "path", ["Büro", "財務/請求", "😀", "/Shared", ".", "..", "../Finance", "./x", "../.."]
)
def test_any_other_path_is_sent_encoded(path):
    headers = folder_headers(path=path)
    assert list(headers) == ["X-UIPATH-FolderPath-Encoded"]
    assert base64.b64decode(headers["X-UIPATH-FolderPath-Encoded"]).decode("utf-16-le") == path


def test_the_encoding_is_the_one_that_uipath_decodes():
    """``Shared`` is UwBoAGEAcgBlAGQA in UiPath's own clients."""
    assert folder_headers(path="/Shared")["X-UIPATH-FolderPath-Encoded"] == "LwBTAGgAYQByAGUAZAA="


def test_an_id_is_an_organization_unit():
    assert folder_headers(id=36886) == {"X-UIPATH-OrganizationUnitId": "36886"}
    assert folder_headers(id=2**63 - 1) == {"X-UIPATH-OrganizationUnitId": "9223372036854775807"}


@pytest.mark.parametrize("key", [GUID, UUID(GUID), f"{{{GUID}}}"])
def test_a_key_is_a_lower_case_guid(key):
    assert folder_headers(key=key) == {"X-UIPATH-FolderKey": GUID.lower()}


@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        "Shared\r\nX-Evil: 1",
        "a\nb",
        "a\x00b",
        "a\tb",
        " Shared",
        "Shared ",
        "Shared/",
        "/",
        "a\x7f",
        "a\u2028b",
        "a\ud800",
        "\xa0Shared",
        "a\x85b",
    ],
)
def test_r112_a_path_that_could_break_out_is_refused(path):
    with pytest.raises(QueryError, match=r"The folder path .*: (correct it|write it without)"):
        folder_headers(path=path)


@pytest.mark.parametrize("path", [36886, b"Shared"])
def test_a_path_that_is_no_text_is_refused(path):
    with pytest.raises(QueryError, match=r"is text, not (int|bytes): write folder\(id=…\)"):
        folder_headers(path=path)


@pytest.mark.parametrize("number", [0, -1, 2**63, True, "36886", 1.0])
def test_r112_an_id_is_a_positive_int64(number):
    with pytest.raises(QueryError, match="positive Int64"):
        folder_headers(id=number)


@pytest.mark.parametrize("key", ["", "x", GUID[:-1], GUID + "\r\n"])
def test_r112_a_key_is_a_guid(key):
    with pytest.raises(QueryError, match="not a GUID"):
        folder_headers(key=key)


@pytest.mark.parametrize("names", [{}, {"path": "a", "id": 1}, {"id": 1, "key": GUID}])
def test_a_folder_is_named_once(names):
    with pytest.raises(QueryError, match="exactly one"):
        folder_headers(**names)


@given(st.text(max_size=30))
def test_r112_every_header_is_printable_ascii(path):
    try:
        headers = folder_headers(path=path)
    except QueryError:
        return
    (value,) = headers.values()
    assert value.isascii()
    assert value.isprintable()
    assert value == value.strip() != ""
