from __future__ import annotations

import subprocess
import sys

import pytest

_WITHOUT = """
import sys
sys.modules[{missing!r}] = None  # an import of it fails as if it were not installed
from uipath_odata.cli.__main__ import main
sys.argv = ["uipath-odata", *{arguments!r}]
main()
"""


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("click", ["--help"]),
        ("rich", ["doctor"]),
        ("odata_query", ["emulator"]),
        ("odata_query", ["demo"]),
        ("keyring", ["login", "--client-id", "app", "--scope", "OR.Jobs"]),
        ("platformdirs", ["logout"]),
    ],
)
def test_a_missing_extra_is_named_with_the_command_that_installs_it(missing, arguments):
    program = _WITHOUT.format(missing=missing, arguments=arguments)
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert finished.stderr == (
        f"uipath-odata: {missing} is not installed: run  pip install 'uipath-odata[cli,emulator,login]'\n"
    )


def test_the_export_command_needs_no_emulator():
    program = _WITHOUT.format(missing="odata_query", arguments=["export", "--help"])
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 0
    assert "ENTITY_SET" in finished.stdout


def test_the_export_command_needs_no_keyring(tmp_path):
    program = _WITHOUT.format(missing="keyring", arguments=["export", "Jobs", "--output", str(tmp_path)])
    finished = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"UIPATH_URL": "https://cloud.uipath.com/acme/Default"},
    )
    assert finished.returncode == 1
    assert "or UIPATH_PAT, or install 'uipath-odata[cli,login]' and run" in finished.stderr


def test_any_other_missing_module_is_an_error_of_its_own():
    program = _WITHOUT.format(missing="yarl", arguments=["doctor", "--help"])
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "ModuleNotFoundError" in finished.stderr
