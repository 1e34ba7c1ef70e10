from __future__ import annotations

import pytest

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.cli.connection import connection, in_folder, variables

NOTHING = {"url": None, "organization": None, "tenant": None}


def test_an_option_takes_the_place_of_its_variable():
    environ = {"UIPATH_URL": "https://a.example.com", "UIPATH_TENANT": "A", "PATH": "/bin"}
    options = {**NOTHING, "url": "https://b.example.com"}
    assert variables(options, environ) == {**environ, "UIPATH_URL": "https://b.example.com"}
    assert variables(NOTHING, environ) == environ


def test_a_share_is_a_setting_of_the_client():
    options = {"ca_file": None, "trust_env": False, "settings": None}
    assert connection({**options, "share": 0.5})["settings"].share == 0.5
    assert "settings" not in connection({**options, "share": None})


@pytest.mark.parametrize(
    ("folder", "header"),
    [
        ("36886", {"X-UIPATH-OrganizationUnitId": "36886"}),
        (
            "0EE0A3B3-5D26-4B50-9F0C-111111111111",
            {"X-UIPATH-FolderKey": "0ee0a3b3-5d26-4b50-9f0c-111111111111"},
        ),
        ("Shared/Finance", {"X-UIPATH-FolderPath": "Shared/Finance"}),
        ("٣", {"X-UIPATH-FolderPath-Encoded": "YwY="}),
        (None, {}),
    ],
)
def test_a_folder_is_an_id_a_key_or_a_path(folder, header):
    orchestrator = Orchestrator("https://o.example.com", AccessToken("t"))
    assert in_folder(orchestrator, folder)._channel.headers == header
