"""``uipath-odata run``: one file, many tenants; what fails in one stops no other."""

from __future__ import annotations

import json

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import Status
from uipath_odata.export import verify

TENANT = '[[tenant]]\nname = "{name}"\nurl = "{url}"\ncredentials = {{ env = "{prefix}" }}\n'
EXPORT = '[[export]]\nsets = ["Robots", "Folders"]\noutput = "lake/{name}"\n'


@pytest.fixture
async def other():
    async with Emulator(seed=None) as running:
        running.insert("Robots", [{"Id": number, "Name": f"other {number}"} for number in range(1, 6)])
        yield running


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(*emulators, export=EXPORT):
        tenants = [
            TENANT.format(name=f"t{number}", url=each.url, prefix=f"T{number}_")
            for number, each in enumerate(emulators)
        ]
        (tmp_path / "nightly.toml").write_text(export + "".join(tenants))
        return {f"T{number}_PAT": each.tokens.personal_access_token for number, each in enumerate(emulators)}

    return write


async def test_each_tenant_gets_a_place_of_its_own(emulator, other, write, command):
    finished = await command("run", "nightly.toml", **write(emulator, other))
    assert finished.code == 0, finished.err
    events = [json.loads(line) for line in finished.out.splitlines()]
    ended = {
        (each["tenant"], each["entity_set"]): each["rows"] for each in events if each["event"] == "complete"
    }
    assert ended[("t0", "Robots")] == 3
    assert ended[("t1", "Robots")] == 5
    assert verify("lake/t0").is_sound
    assert verify("lake/t1").is_sound
    again = await command("run", "nightly.toml", "--progress", "none", **write(emulator, other))
    assert again.code == 0
    assert "t0: lake/t0 holds this export whole already" in again.err


async def test_each_file_of_a_run_has_the_lists_that_name_it(emulator, other, tmp_path, write, command):
    export = EXPORT + 'report = "{name}.html"\nmetrics = "all.prom"\n'
    more = ("--progress", "none", "--metrics", "whole.prom")
    finished = await command("run", "nightly.toml", *more, **write(emulator, other, export=export))
    assert finished.code == 0, finished.err
    pages = [(tmp_path / f"{name}.html").read_text() for name in ("t0", "t1")]
    assert [("t0 ·" in page, "t1 ·" in page) for page in pages] == [(True, False), (False, True)]
    both = (tmp_path / "all.prom").read_text()
    assert 'tenant="t0"' in both
    assert 'tenant="t1"' in both
    assert (tmp_path / "whole.prom").read_text().count("complete{") == both.count("complete{") == 4


async def test_all_exports_of_a_tenant_share_one_client_with_its_token(emulator, write, command):
    second = '[[export]]\nsets = ["RobotLogs"]\noutput = "logs/{name}"\n'
    write(emulator, export=EXPORT + second)
    user = {"CLIENT_ID": emulator.tokens.client_id, "USER_KEY": emulator.tokens.user_key}
    user["TOKEN_URL"] = emulator.token_url
    finished = await command("run", "nightly.toml", **{f"T0_{name}": text for name, text in user.items()})
    assert finished.code == 0, finished.err
    assert len(emulator.tokens._access) == 1


async def test_a_tenant_that_fails_is_named_and_stops_no_other(emulator, other, write, command):
    environ = write(emulator, other)
    finished = await command("run", "nightly.toml", **{**environ, "T0_PAT": "wrong"})
    assert finished.code == 3
    assert "uipath-odata: t0: " in finished.err
    assert verify("lake/t1").is_sound
    assert (await command("run", "nightly.toml", "--only", "t0", **{**environ, "T0_PAT": "wrong"})).code == 1


async def test_check_says_what_would_run_and_asks_nothing(emulator, other, write, command):
    finished = await command("run", "nightly.toml", "--check", "--only", "t1", **write(emulator, other))
    assert (finished.code, finished.out) == (0, "t1: Robots, Folders to lake/t1\n")
    assert sum(emulator.requests.values()) == sum(other.requests.values()) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--shard", "3"], "--shard 3 is not a share: write it like 3/10"),
        (["--shard", "3/2"], "number the machines from 1"),
        (["--only", "t2"], "has no tenant t2: it has t0, t1"),
    ],
)
async def test_what_cannot_be_meant_ends_with_exit_code_2(emulator, other, write, command, arguments, said):
    finished = await command("run", "nightly.toml", *arguments, **write(emulator, other))
    assert finished.code == 2
    assert said in finished.err


async def test_credentials_that_are_not_there_end_it_before_the_first_request(
    emulator, other, write, command
):
    environ = write(emulator, other)
    del environ["T1_PAT"]
    finished = await command("run", "nightly.toml", **environ)
    assert finished.code == 2
    assert "[[tenant]] t1: credentials: no variable begins with T1_" in finished.err
    assert sum(emulator.requests.values()) == 0


async def test_a_share_without_a_tenant_says_so(emulator, write, command):
    finished = await command("run", "nightly.toml", "--shard", "1/2", **write(emulator))
    other = await command("run", "nightly.toml", "--shard", "2/2", **write(emulator))
    [nothing] = [each for each in (finished, other) if not each.out]
    assert nothing.code == 0
    assert "has no tenant in the share " in nothing.err


async def test_what_is_wrong_is_said_in_the_keys_of_the_file(emulator, write, command):
    environ = write(emulator, export=EXPORT + "part_rows = 0\npage_size = 9\n")
    refused = await command("run", "nightly.toml", **environ)
    assert refused.code == 2
    assert "part_rows and parallel are numbers of 1 or more" in refused.err
    environ = write(emulator, export='[[export]]\nsets = ["Releases"]\noutput = "lake"\n')
    emulator.fail(
        "Releases.*", Status(400, {"message": "A folder is required", "errorCode": 1101}), times=None
    )
    failed = await command("run", "nightly.toml", "--progress", "none", **environ)
    assert "(give folder= or all_folders=true)" in failed.err
    assert "--" not in failed.err
