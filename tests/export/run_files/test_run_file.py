"""A run file is checked whole before anything is asked, and its errors say which table and key."""

from __future__ import annotations

import asyncio
import os

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.errors import QueryError
from uipath_odata.export import load_run, verify

WHOLE = """
[defaults]
output = "lake/{organization}/{tenant}"
format = "parquet"

[[export]]
sets = ["Jobs", "QueueItems"]
folders = ["Finance/**", "Shared"]
expand = ["Robot", "Machine"]
since = "last"

[[tenant]]
name = "acme"
url = "https://cloud.uipath.com/acme/Default"
credentials = { env = "ACME_" }

[[tenant]]
name = "other"
url = "https://cloud.uipath.com/other/Prod"
credentials = { file = "other.env" }
"""
ENVIRONMENT = {"ACME_CLIENT_ID": "a", "ACME_CLIENT_SECRET": "canary-of-acme", "ACME_SCOPE": "OR.Jobs.Read"}


@pytest.fixture
def write(tmp_path):
    (tmp_path / "other.env").write_text("# of other\nexport UIPATH_ACCESS_TOKEN='canary-of-other'\n")

    def write(text):
        (tmp_path / "nightly.toml").write_text(text)
        return tmp_path / "nightly.toml"

    return write


def loaded(file, environ=ENVIRONMENT):
    return load_run(file, environ)


def test_a_file_names_exports_and_tenants(write):
    run = loaded(write(WHOLE))
    (each,) = run.exports
    assert (each.table.sets, each.table.since, each.table.format) == (
        ("Jobs", "QueueItems"),
        "last",
        "parquet",
    )
    assert each.selection.expand == ("Robot", "Machine")
    assert [tenant.output(each.table.output) for tenant in run.tenants] == [
        "lake/acme/Default",
        "lake/other/Prod",
    ]
    assert [tenant.variables()["UIPATH_URL"][-12:] for tenant in run.tenants] == [
        "acme/Default",
        "m/other/Prod",
    ]
    assert run.tenants[0].variables()["UIPATH_CLIENT_ID"] == "a"
    assert run.tenants[1].variables()["UIPATH_ACCESS_TOKEN"] == "canary-of-other"
    assert "canary" not in repr(run)


def test_variables_of_another_tenant_do_not_reach_one_with_credentials_of_its_own(write):
    run = loaded(write(WHOLE), {**ENVIRONMENT, "UIPATH_PAT": "mine", "UIPATH_FOLDER_PATH": "Mine"})
    assert {"UIPATH_PAT", "UIPATH_FOLDER_PATH"} & run.tenants[0].variables().keys() == set()


def test_a_file_without_tenants_is_of_the_environment(write):
    text = '[[export]]\nsets = ["Jobs"]\noutput = "lake"\n'
    run = loaded(
        write(text), {"UIPATH_URL": "https://cloud.uipath.com/acme/Default", "UIPATH_ACCESS_TOKEN": "token"}
    )
    assert [each.name for each in run.tenants] == ["environment"]
    with pytest.raises(QueryError, match="No Orchestrator is named: set UIPATH_URL"):
        loaded(write(text), {})


def test_a_table_replaces_what_the_defaults_say_of_folders(write):
    text = WHOLE.replace('format = "parquet"', 'format = "parquet"\nall_folders = true')
    assert loaded(write(text)).exports[0].table.all_folders is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[export]]", "[[exports]]", "the file has no key exports: did you mean export?"),
        ("since =", "sinse =", "[[export]] 1 has no key sinse: did you mean since?"),
        ('name = "acme"', 'nam = "acme"', "[[tenant]] 1 has no key nam: did you mean name?"),
        ("format =", "formt =", "[defaults] has no key formt: did you mean format?"),
        ('format = "parquet"', 'format = "avro"', "[defaults]: format is one of jsonl, csv, parquet"),
        ('"last"', "3", "[[export]] 1: since takes a text in quotes, not a whole number"),
        ('"Jobs", ', '"Job", ', "There is no entity set Job: did you mean Jobs?"),
        ('"Robot", ', '"Robit", ', "Job has no property Robit: did you mean Robot?"),
        ('"last"', '"yesterday"', r"export\]\] 1 \(Jobs, QueueItems\): since=yesterday is not a date or a time|'yesterday'"),
        ('"last"', '"last"\nlook_back = 2\nall_folders = true', "folder= and all_folders= exclude each other"),
        ('since = "last"', "look_back = 2", "look_back= needs since=last"),
        ('since = "last"', "mirror = true", "mirror=True needs since='last'"),
        ('since = "last"', 'since = "last"\nmirror = "yes"', "mirror takes true or false"),
        ('since = "last"', 'hash = "SpecificContent.Email"', "hash= needs a key"),
        ('output = "lake/{organization}/{tenant}"', "", "has no output"),
        ("{organization}/{tenant}", "{organisation}", "output takes {name}, {organization} and {tenant}, not {organisation}"),
        ("{organization}/{tenant}", "all", "go to lake/all: give each"),
        ('name = "other"', 'name = "acme"', "the tenant name 'acme' is given twice"),
        ('name = "other"', 'name = "a/b"', "has a slash"),
        ("ACME_", "NOBODY_", "no variable begins with NOBODY_: set NOBODY_CLIENT_ID"),
        ("other.env", "missing.env", "missing.env cannot be read"),
        ('{ file = "other.env" }', "{ }", "credentials takes one of env, file and command"),
        ('{ file = "other.env" }', "{ command = [] }", "credentials.command is empty"),
        ('{ file = "other.env" }', '{ command = "pass show" }', "[[tenant]] 2: credentials.command takes a list in brackets"),
        ("https://cloud.uipath.com/other", "http://example.com/other", "without TLS"),
        ("[[tenant]]", "[[tenant", "is not TOML"),
        ("[[export]]", "[export]", "[export] is one table: write [[export]], with two brackets"),
        ('sets = ["Jobs", "QueueItems"]', "", '[[export]] 1 has no sets: name them, such as sets = ["Jobs"]'),
        ('["Jobs", "QueueItems"]', "[]", "sets is empty"),
        ('["Jobs", "QueueItems"]', '"Jobs"', "[[export]] 1: sets takes a list in brackets, such as"),
        ('name = "acme"', 'name = ""', "the tenant name '' is empty"),
        ('"https://cloud.uipath.com/acme/Default"', '""', "[[tenant]] acme: url is empty"),
        ('since = "last"', "since = 2024-05-14", "since takes a text in quotes, not a date without quotes"),
        ('since = "last"', "page_size = 5000", "page_size=5000 is outside of what this list accepts"),
        ('since = "last"', "concurrency = 0", "concurrency"),
        ('since = "last"', "part_rows = 0", "part_rows and parallel are numbers of 1 or more"),
        ('since = "last"', 'since = "last"\nlook_back = -1', "look_back=-1 is not a number of days"),
        ('since = "last"', 'since = "last"\nallow_shrink = ["Job"]', "allow_shrink=Job is not exported here"),
        ('since = "last"', 'since = "last"\nraw_csv = true', "raw_csv is for csv, and parquet has no formulas"),
        ('since = "last"', 'allow_shrink = ["Jobs"]', "allow_shrink= needs since=last"),
        ("lake/{organization}/{tenant}", "s3://u:canary@", "s3:// names no bucket"),
        ("lake/{organization}/{tenant}", "s3://u:canary@lake/x", "go to s3://lake/x: give each"),
        (
            'output = "lake/{organization}/{tenant}"',
            'output = "gs://lake/{name}"\nstate = "state"',
            "Jobs, QueueItems of other and Jobs, QueueItems of acme go to state (state)",
        ),
        ('since = "last"', 'report = "none/{name}.html"', "none/acme.html cannot be written: name a file in a directory"),
        ('since = "last"', 'report = "a"\nmetrics = "a"', "give each its own"),
        ('since = "last"', 'report = "{name"', "report '{name' has a brace alone"),
        ('{ env = "ACME_" }', '{ env = "ACME_" }\nclient_secret = "canary"', "client_secret, which is not written in this file"),
        ('{ env = "ACME_" }', '{ env = "ACME_" }\nsettings = "none.toml"', "settings: "),
        ('since = "last"', 'drop = ["Emial"]', "Emial"),
        ("lake/{organization}/{tenant}", "memory://lake", "1 (Jobs, QueueItems): memory://lake is gone"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_before_anything_is_asked(write, old, new, said):
    assert old in WHOLE
    with pytest.raises(QueryError) as caught:
        loaded(write(WHOLE.replace(old, new, 1)))
    plain = said.replace("\\", "")
    assert any(each in str(caught.value) for each in plain.split("|")) or plain in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_error_in_words(tmp_path):
    with pytest.raises(QueryError, match="cannot be read"):
        load_run(tmp_path / "nightly.toml")


def test_every_tenant_is_in_exactly_one_share_and_stays_there_when_others_come(write):
    def shares(names):
        tenants = "".join(
            f'[[tenant]]\nname = "{name}"\nurl = "https://cloud.uipath.com/{name}/Default"\n'
            'credentials = { env = "ACME_" }\n'
            for name in names
        )
        run = loaded(write(WHOLE[: WHOLE.index("[[tenant]]")] + tenants))
        return {each.name: number for number in (1, 2, 3) for each in run.shard(number, 3).tenants}

    before, after = (
        shares([f"t{number}" for number in range(20)]),
        shares([f"t{number}" for number in range(30)]),
    )
    assert len(before) == 20
    assert set(before.values()) == {1, 2, 3}
    assert before.items() <= after.items()


@pytest.mark.parametrize(("number", "count"), [(0, 3), (4, 3)])
def test_a_share_that_is_not_there_is_refused(write, number, count):
    with pytest.raises(QueryError, match="number the machines from 1"):
        loaded(write(WHOLE)).shard(number, count)


def test_only_names_tenants_of_the_file(write):
    run = loaded(write(WHOLE))
    assert [each.name for each in run.only(["other"]).tenants] == ["other"]
    with pytest.raises(QueryError, match="has no tenant acmee: did you mean acme"):
        run.only(["acmee"])


async def test_a_program_exports_what_a_file_says(tmp_path, monkeypatch, write):
    monkeypatch.chdir(tmp_path)
    async with Emulator() as emulator:
        text = (
            f'[[export]]\nsets = ["Jobs"]\nfolders = ["Shared/**"]\noutput = "lake/{{name}}"\n'
            'report = "{name}.html"\nmetrics = "{name}.prom"\n'
            f'[[tenant]]\nname = "acme"\nurl = "{emulator.url}"\ncredentials = {{ env = "ACME_" }}\n'
        )
        run = loaded(write(text), {"ACME_ACCESS_TOKEN": emulator.tokens.personal_access_token})
        (summary,) = await run.export(run.tenants[0])
    assert summary.proven
    assert summary.rows > 0
    assert verify("lake/acme").is_sound
    assert f"{summary.rows:,} rows in this run" in (tmp_path / "acme.html").read_text()
    assert 'tenant="acme"' in (tmp_path / "acme.prom").read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
async def test_a_command_that_takes_its_time_holds_up_no_other_tenant(tmp_path, monkeypatch, write):
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "token")
    async with Emulator() as emulator:
        text = (
            '[[export]]\nsets = ["Folders"]\noutput = "lake/{name}"\n'
            f'[[tenant]]\nname = "acme"\nurl = "{emulator.url}"\ncredentials = {{ command = ["cat", "token"] }}\n'
        )
        run = loaded(write(text))
        exporting = asyncio.create_task(run.export(run.tenants[0]))
        await asyncio.sleep(0)
        # The command ends once this is written, which needs the loop.
        await asyncio.to_thread((tmp_path / "token").write_text, emulator.tokens.personal_access_token)
        (summary,) = await exporting
    assert summary.is_complete


def test_a_tenant_may_be_behind_a_proxy(write):
    text = WHOLE.replace('{ env = "ACME_" }', '{ env = "ACME_" }\ntrust_env = true')
    acme, other = loaded(write(text)).tenants
    assert tuple(each.client()._own_pool.trust_env for each in (acme, other)) == (True, False)


def test_a_file_that_is_not_utf_8_is_an_error_in_words(tmp_path):
    (tmp_path / "nightly.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(QueryError, match=r"nightly\.toml is not UTF-8"):
        loaded(tmp_path / "nightly.toml")
