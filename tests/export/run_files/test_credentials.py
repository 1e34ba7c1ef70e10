"""Where the credentials of a tenant are; no error shows one."""

from __future__ import annotations

import json
import sys

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.export.run_files.credentials import variables_of
from uipath_odata.export.run_files.tables import CredentialsTable

CANARY = "canary-4711"
TOKEN = {"UIPATH_ACCESS_TOKEN": CANARY}


def found(folder, environ=None, **table):
    return variables_of(CredentialsTable(**table), "[[tenant]] acme", environ or {}, folder)


@pytest.mark.parametrize("name", ["ACME_ACCESS_TOKEN", "ACME_UIPATH_ACCESS_TOKEN"])
def test_a_prefix_stands_before_the_names_of_uipaths_tools(tmp_path, name):
    assert found(tmp_path, {name: CANARY, "UIPATH_PAT": "another"}, env="ACME_") == TOKEN


def test_two_spellings_that_differ_are_refused(tmp_path):
    environ = {"ACME_PAT": CANARY, "ACME_UIPATH_PAT": "other"}
    with pytest.raises(QueryError, match="ACME_PAT and ACME_UIPATH_PAT differ"):
        found(tmp_path, environ, env="ACME_")
    assert found(tmp_path, dict.fromkeys(environ, CANARY), env="ACME_") == {"UIPATH_PAT": CANARY}


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"  {CANARY}\n",
        f"ACCESS_TOKEN={CANARY}",
        f"# comment\n\nexport UIPATH_ACCESS_TOKEN='{CANARY}'\n",
        json.dumps({"UIPATH_ACCESS_TOKEN": CANARY}),
        json.dumps({"ACCESS_TOKEN": CANARY}),
    ],
)
def test_a_file_and_a_command_give_lines_or_json_or_a_token(tmp_path, text):
    (tmp_path / "acme").write_text(text)
    assert found(tmp_path, file="acme") == TOKEN
    assert found(tmp_path, command=(sys.executable, "-c", f"print({text!r})")) == TOKEN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "neither lines"),
        (f"{CANARY} {CANARY}", "neither lines"),
        (f"PASSWORD={CANARY}", "has UIPATH_PASSWORD, which is not known"),
        (f'{{"PASSWORD": "{CANARY}"}}', "has UIPATH_PASSWORD, which is not known"),
        (f'{{"PAT": 5, "X": "{CANARY}"}}', "is not a JSON object of texts"),
        (f'{{"PAT": "{CANARY}"', "is not a JSON object of texts"),
    ],
)
def test_what_cannot_be_read_is_refused_without_a_value(tmp_path, text, said):
    (tmp_path / "acme").write_text(text)
    with pytest.raises(QueryError, match=said) as caught:
        found(tmp_path, file="acme")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("no-such-program-here",), "No such file or directory"),
        ((sys.executable, "-c", "import sys; print('canary-4711'); sys.exit(3)"), "exit code 3"),
    ],
)
def test_a_command_that_fails_is_named_without_what_it_printed(tmp_path, command, said):
    with pytest.raises(QueryError, match=said) as caught:
        found(tmp_path, command=command)
    assert CANARY not in str(caught.value)


def test_a_command_is_words_and_no_shells_text(tmp_path):
    words = (sys.executable, "-c", "import sys; print(sys.argv[1])", "$HOME;exit")
    assert found(tmp_path, command=words) == {"UIPATH_ACCESS_TOKEN": "$HOME;exit"}
