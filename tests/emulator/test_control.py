"""The emulator as tests in other languages steer it: by plain HTTP."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request

import pytest

from uipath_odata.emulator import Emulator


@pytest.fixture
def emulator():
    with Emulator(seed=None) as emulator:
        yield emulator


def ask(emulator, method, path, body=None, **headers):
    content = None if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} if body is not None else {}
    origin = emulator.url.partition("/acme")[0]
    request = urllib.request.Request(f"{origin}{path}", content, sent | headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            text = response.read()
            return response.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        with error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith(b"{") else text.decode()


def test_a_suite_resets_fills_and_looks(emulator):
    status, ready = ask(emulator, "GET", "/_emulator/ready")
    assert (status, ready["environ"]) == (200, emulator.environ)
    rows = {"entity_set": "Robots", "rows": [{"Id": 1, "Name": "R1"}]}
    assert ask(emulator, "POST", "/_emulator/insert", rows) == (204, None)
    bearer = f"Bearer {ready['environ']['UIPATH_ACCESS_TOKEN']}"
    path = emulator.base_url.removeprefix(emulator.url.partition("/acme")[0]) + "/odata/Robots"
    assert ask(emulator, "GET", path, Authorization=bearer)[1]["value"][0]["Name"] == "R1"
    (call,) = ask(emulator, "GET", "/_emulator/calls?name=Robots.list")[1]
    assert (call["method"], call["status"]) == ("GET", 200)
    assert ask(emulator, "DELETE", "/_emulator/calls")[0] == 204
    assert ask(emulator, "GET", "/_emulator/calls")[1] == []
    assert ask(emulator, "POST", "/_emulator/reset", {"seed": "demo", "jobs": "instant"})[0] == 204
    assert emulator.sql("SELECT count(*) FROM Robots") == [(8,)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"entity_set": "Robots", "rows": [{"Id": 2}, {"Id": 1}]}, "key is there already"),
        ({"entity_set": "Robots", "rows": [{"Id": 2}, {"Nmae": "R"}]}, "Nmae"),
        ({"entity_set": "Robotss", "rows": []}, "Robotss"),
        ({"rows": []}, "entity_set"),
    ],
)
def test_rows_that_cannot_be_inserted_are_refused_whole(emulator, rows, said):
    emulator.insert("Robots", [{"Id": 1, "Name": "R1"}])
    status, answer = ask(emulator, "POST", "/_emulator/insert", rows)
    assert (status, said in answer["message"]) == (400, True), answer
    assert emulator.sql("SELECT Id FROM Robots") == [(1,)]


@pytest.mark.parametrize("wrong", [{"seed": "dmeo"}, {"jobs": "never"}, {"scopes": "on"}, {"job": "timed"}])
def test_a_reset_to_what_does_not_exist_is_refused(emulator, wrong):
    assert ask(emulator, "POST", "/_emulator/reset", wrong)[0] == 400


def test_snapshots_are_restored_by_their_number(emulator):
    _, made = ask(emulator, "POST", "/_emulator/snapshots")
    emulator.insert("Robots", [{"Id": 1, "Name": "R1"}])
    assert ask(emulator, "POST", f"/_emulator/snapshots/{made['id']}/restore")[0] == 204
    assert emulator.sql("SELECT count(*) FROM Robots") == [(0,)]
    assert ask(emulator, "POST", "/_emulator/snapshots/7/restore")[0] == 400


def test_faults_are_named_as_in_python(emulator):
    plan = {"operation": "Jobs.list", "fault": {"Status": {"code": 503}}, "times": 2}
    assert ask(emulator, "POST", "/_emulator/faults", plan)[0] == 204
    assert (
        ask(emulator, "POST", "/_emulator/faults", {"operation": "Jobs.*", "fault": "LostAnswer"})[0] == 204
    )
    assert [each["operation"] for each in ask(emulator, "GET", "/_emulator/faults")[1]] == [
        "Jobs.list",
        "Jobs.*",
    ]
    for wrong in ({"Boom": {}}, "Boom", {"Status": {"cod": 1}}, None):
        status, said = ask(emulator, "POST", "/_emulator/faults", {"operation": "Jobs.list", "fault": wrong})
        assert status == 400, said
    assert ask(emulator, "DELETE", "/_emulator/faults")[0] == 204
    assert len(emulator.faults) == 0


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("insert", {}, "entity_set, rows is missing."),
        ("insert", {"entity_set": "Robots", "rows": [], "folders": 1}, "folders means nothing here"),
        ("insert", {"entity_set": "Robots", "rows": {"Id": 1}}, "rows is a list, not {'Id': 1}."),
        ("insert", {"entity_set": "Robots", "rows": [1]}, "a row of Robots is a mapping, not 1"),
        (
            "insert",
            {"entity_set": "Robots", "rows": [], "folder": "a"},
            "folder is a whole number or null, not 'a'.",
        ),
        ("clock", {"minutes": "5"}, "minutes is a whole number or a number, not '5'."),
        ("clock", {"minutes": True}, "minutes is a whole number or a number, not True."),
        ("clock", {"minute": 5}, "minute means nothing here: it takes days, hours, minutes, seconds."),
        ("clock", {"days": 1e18}, "Python int too large"),
        ("faults", {"operation": "Jobs.list"}, "fault is missing."),
        ("faults", {"operation": 1, "fault": "LostAnswer"}, "operation is a text, not 1."),
        ("faults", {"operation": "Jobs.list", "fault": "LostAnswer", "time": 2}, "time means nothing here"),
        ("faults", {"operation": "Jobs.list", "fault": {"Status": 503}}, "fault is"),
        ("faults", {"operation": "Jobs.list", "fault": {"Status": {"cod": 1}}}, "Status has no cod"),
        (
            "faults",
            {"operation": "Jobs.list", "fault": {"Status": {"code": 503, "headers": {"a": 1}}}},
            "headers are texts",
        ),
        ("jobs/1/finish", {"output": 3}, "output is an object or null, not 3."),
        ("reset", {"jobs": "never"}, "'jobs' must be in ('instant', 'timed', 'manual') (got 'never')"),
        ("snapshots/7/restore", {}, "there is no snapshot 7"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_member_that_is_wrong(emulator, path, body, said):
    before = emulator.clock.ahead
    status, answer = ask(emulator, "POST", f"/_emulator/{path}", body)
    assert (status, answer["message"][: len(said)]) == (400, said)
    assert (emulator.clock.ahead, len(emulator.faults)) == (before, 0)


def test_a_body_that_is_not_in_its_encoding_is_refused(emulator):
    headers = {"Content-Encoding": "gzip", "Authorization": f"Bearer {emulator.tokens.issue()}"}
    for path in ("/_emulator/reset", "/acme/Default/odata/Folders", "/identity_/connect/token"):
        status, answer = ask(emulator, "POST", path, {"DisplayName": "A"}, **headers)
        assert (status, answer["message"][:23]) == (400, "The body cannot be read")


def test_time_and_jobs_move(emulator):
    emulator.reset(jobs="manual")
    emulator.add.process("Bot")
    first, second = emulator.add.job("Bot"), emulator.add.job("Bot")
    status, job = ask(emulator, "POST", f"/_emulator/jobs/{first['Key']}/finish", {"output": {"a": 1}})
    assert (status, job["State"], job["OutputArguments"]) == (200, "Successful", '{"a":1}')
    assert (
        ask(emulator, "POST", f"/_emulator/jobs/{second['Id']}/fault", {"message": "no"})[1]["Info"] == "no"
    )
    before = emulator.clock.now
    assert ask(emulator, "POST", "/_emulator/clock", {"minutes": 5})[0] == 200
    assert (emulator.clock.now - before).total_seconds() >= 300
    assert ask(emulator, "POST", "/_emulator/clock", {"minutes": -5})[0] == 400
    assert ask(emulator, "GET", "/_emulator/nowhere")[0] == 404


def test_with_a_control_token_nobody_steers_without_it():
    with Emulator(seed=None, control_token="c") as emulator:
        assert ask(emulator, "GET", "/_emulator/ready")[0] == 403
        assert ask(emulator, "GET", "/_emulator/ready", **{"X-Emulator-Token": "x"})[0] == 403
        assert ask(emulator, "GET", "/_emulator/ready", **{"X-Emulator-Token": "c"})[0] == 200


def test_a_web_page_cannot_steer_it(emulator):
    """A page may send text/plain across origins without asking first (Fetch, 4.1: simple requests)."""
    status, _ = ask(emulator, "POST", "/_emulator/reset", {}, **{"Content-Type": "text/plain"})
    assert status == 415


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 421), ("localhost", 401), ("127.0.0.1", 401), ("[::1]", 401), ("127.0.0.1:99999", 400)],
)
def test_a_name_that_was_bound_to_this_machine_reaches_nothing(emulator, host, status):
    path = "/acme/Default/odata/Robots"
    assert ask(emulator, "GET", path, Host=host)[0] == status


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"allow_hosts": ["emulator.test"]},
        {"token": "t"},
        {"allow_hosts": ["emulator.test"], "token": "t", "any_token": True},
    ],
)
def test_beyond_this_machine_it_wants_names_and_a_token(options):
    with pytest.raises(ValueError, match="beyond this machine"):
        Emulator(seed=None, host="0.0.0.0", **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"organization": "a/b"}, "'a/b' cannot stand in an address"),
        ({"tenant": ""}, "'' cannot stand in an address"),
        ({"tenant": ".."}, "'..' cannot stand in an address"),
        ({"organization": "acme?x"}, "cannot stand in an address"),
        ({"token": ""}, "an empty token"),
        ({"host": "0.0.0.0", "any_token": True, "token": "t"}, "any_token would let everybody in"),
    ],
)
def test_addresses_and_secrets_that_mean_nothing_are_refused(options, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        Emulator(seed=None, **options)


def test_beyond_this_machine_there_is_one_secret_and_one_name():
    options = {"host": "0.0.0.0", "allow_hosts": ["Emulator.test"], "token": "t"}
    with Emulator(seed=None, **options) as emulator:
        assert emulator.url.startswith("http://emulator.test:")
        origin = f"http://127.0.0.1:{emulator._serving.port}"
        request = urllib.request.Request(
            f"{origin}/odata/Robots", headers={"Host": "emulator.test", "Authorization": "Bearer t"}
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 200
        assert emulator.tokens.user_key == emulator.tokens.client_secret == "t"
