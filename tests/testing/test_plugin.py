"""The plugin in suites of others, each run by a pytest of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import uipath_odata

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "uipath_odata.testing.plugin", "-p", "no:cacheprovider")


@pytest.fixture
def suite(pytester):
    """Run a test file with the plugin and options of one's own; settings of ours do not reach it."""
    ignored = "ignore:.*asyncio_default_fixture_loop_scope"
    pytester.makeini(f"[pytest]\nfilterwarnings =\n    error\n    {ignored}\n")

    def run(text, *options):
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess(*PLUGIN, *options)

    return run


def test_each_test_finds_an_empty_tenant_whatever_the_one_before_left(suite):
    suite("""
        import pytest

        def test_first(orchestrator_emulator):
            orchestrator_emulator.add.queue("Invoices")
            orchestrator_emulator.clock.advance(days=3)
            assert orchestrator_emulator.sql("SELECT Name FROM QueueDefinitions") == [("Invoices",)]

        def test_second(orchestrator_emulator):
            assert orchestrator_emulator.sql("SELECT Name FROM QueueDefinitions") == []
            assert orchestrator_emulator.clock.ahead == 0

        @pytest.mark.orchestrator(seed="demo")
        def test_third(orchestrator_emulator):
            assert orchestrator_emulator.sql("SELECT count(*) FROM RobotLogs") == [(50_000,)]

        def test_fourth(orchestrator_emulator):
            assert orchestrator_emulator.sql("SELECT count(*) FROM RobotLogs") == [(0,)]
    """).assert_outcomes(passed=4)


COROUTINES = """
    import pytest

    {mark}

    async def test_read(orchestrator, orchestrator_emulator):
        folder = orchestrator_emulator.add.folder("Shared/Finance")
        orchestrator_emulator.add.queue("Invoices", folder="Shared/Finance")
        queues = await orchestrator.folder(id=folder["Id"]).queue_definitions.to_list()
        assert [queue.name for queue in queues] == ["Invoices"]
        orchestrator_emulator.calls.of("QueueDefinitions.list").once()

    async def test_again(orchestrator):
        assert await orchestrator.folders.to_list() == []
"""


@pytest.mark.parametrize(
    ("options", "mark"),
    [
        (("-p", "asyncio", "--asyncio-mode=auto"), ""),
        (("-p", "asyncio", "--asyncio-mode=strict"), "pytestmark = pytest.mark.asyncio"),
        (("-p", "anyio", "-p", "no:asyncio", "-k", "asyncio"), "pytestmark = pytest.mark.anyio"),
    ],
)
def test_coroutines_use_the_client_and_leave_no_connection_open(suite, options, mark):
    """An open session would be a ResourceWarning, which is an error here."""
    suite(COROUTINES.format(mark=mark), *options).assert_outcomes(passed=2)


def test_workers_have_an_emulator_each(suite):
    suite(
        """
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_alone(orchestrator_emulator, number):
            assert orchestrator_emulator.sql("SELECT count(*) FROM Folders") == [(0,)]
            orchestrator_emulator.add.folder(f"Folder {number}")
        """,
        *("-p", "xdist", "-n", "2"),
    ).assert_outcomes(passed=8)


def test_programs_in_other_processes_find_it_by_their_environment(suite):
    suite("""
        import subprocess, sys

        PROGRAM = '''
        import asyncio
        from uipath_odata import Orchestrator

        async def main():
            async with Orchestrator.from_env() as orchestrator:
                print(await orchestrator.folders.count())

        asyncio.run(main())
        '''

        def test_program(uipath_env, orchestrator_emulator):
            orchestrator_emulator.add.folder("Shared")
            assert uipath_env["UIPATH_URL"] == orchestrator_emulator.url
            program = "\\n".join(line.strip() if not line.startswith("            ") else line[8:]
                                for line in PROGRAM.splitlines())
            import textwrap
            done = subprocess.run([sys.executable, "-c", textwrap.dedent(PROGRAM)], capture_output=True, text=True)
            assert (done.stdout, done.stderr) == ("1\\n", "")
    """).assert_outcomes(passed=1)


LEFT = """
    import pytest, urllib.request, urllib.error
    from uipath_odata.emulator.faults import Status

    allowed = pytest.mark.orchestrator(unanswered="allow")

    def ask(emulator):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(urllib.request.Request(emulator.base_url + "/odata/Trigger"))

    def plan(emulator):
        emulator.fail("Jobs.list", Status(503))

    @pytest.mark.parametrize("leave", [ask, plan])
    def test_strict(orchestrator_emulator, leave):
        leave(orchestrator_emulator)

    @allowed
    @pytest.mark.parametrize("leave", [ask, plan])
    def test_allowed(orchestrator_emulator, leave):
        leave(orchestrator_emulator)
"""


def test_what_was_left_fails_the_test_unless_it_is_allowed(suite):
    outcome = suite(LEFT)
    outcome.assert_outcomes(passed=4, errors=2)
    said = outcome.stdout.str()
    assert re.findall(r"ERROR at teardown of (\S+) ", said) == ["test_strict[ask]", "test_strict[plan]"]
    outcome.stdout.fnmatch_lines(
        ["*no answer for */odata/Trigger*", "*Jobs.list was to fail with Status(code=503*"]
    )


def test_a_marker_that_means_nothing_is_refused(suite):
    outcome = suite("""
        import pytest

        @pytest.mark.orchestrator(sead="demo")
        def test_misspelt(orchestrator_emulator):
            pass

        @pytest.mark.orchestrator(jobs="never")
        def test_unknown(orchestrator_emulator):
            pass

        @pytest.mark.orchestrator("demo")
        def test_without_a_name(orchestrator_emulator):
            pass
    """)
    outcome.assert_outcomes(errors=3)
    outcome.stdout.fnmatch_lines(
        ["*does not take sead='demo'*", "*does not take jobs='never'*", "*takes keywords only*"]
    )


def test_markers_reach_the_emulator(suite):
    suite("""
        import pytest

        pytestmark = pytest.mark.orchestrator(jobs="instant")

        @pytest.mark.orchestrator(scopes="off")
        def test_marked(orchestrator_emulator):
            orchestrator_emulator.add.process("Bot")
            job = orchestrator_emulator.add.job("Bot", {"in_Name": "x"})
            ended = orchestrator_emulator.jobs.get(job["Key"])
            assert (ended["State"], ended["OutputArguments"]) == ("Successful", '{"in_Name":"x"}')
    """).assert_outcomes(passed=1)


def test_the_marker_is_known_and_nothing_is_loaded_for_those_who_do_not_use_it():
    program = "import sys; before = set(sys.modules); import uipath_odata.testing.plugin; print([m for m in set(sys.modules) - before if 'aiohttp' in m or m.startswith('uipath_odata.e') or 'sqlite' in m])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_test_in_the_readme_passes(suite):
    readme = (Path(uipath_odata.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (block,) = [
        each
        for each in re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
        if "orchestrator_emulator" in each
    ]
    imports = "import pytest\nfrom uipath_odata.errors import OutcomeUnknown\n"
    suite(imports + block, "-p", "asyncio", "--asyncio-mode=auto").assert_outcomes(passed=1)
