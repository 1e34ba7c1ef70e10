from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata import Settings
from uipath_odata.errors import QueryError
from uipath_odata.settings import load_settings, save_settings


@pytest.mark.parametrize("bound", [True, False, None])
def test_settings_come_back_as_they_were_saved(tmp_path, bound):
    settings = Settings(
        window=10_000,
        tie_unit=100_000,
        enum_order="name",
        upper_bound=bound,
        settle_lag=dt.timedelta(seconds=90.5),
    )
    save_settings(settings, tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json") == settings


def test_only_what_differs_from_the_defaults_is_written(tmp_path):
    save_settings(Settings(window=10_000), tmp_path / "settings.json")
    assert (tmp_path / "settings.json").read_text() == '{\n  "window": 10000\n}\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        '{"window": "many"}',
        '{"windw": 5}',
        '{"enum_order": "size"}',
        '{"upper_bound": "no"}',
        '{"read_only": "false"}',
        '{"settle_lag": "5 min"}',
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, text):
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(QueryError, match=r"settings\.json"):
        load_settings(tmp_path / "settings.json")
