from __future__ import annotations

import asyncio

import pytest

from uipath_odata.emulator.faults import Slow, Status
from uipath_odata.errors import NoRow, NotFound, QueryError, SeveralRows

FOLDER = "Shared/Finance"


@pytest.fixture
def invoices(emulator, finance):
    emulator.add.process("InvoiceIntake", folder=FOLDER)
    return finance.process("InvoiceIntake")


async def test_each_kind_of_handle_finds_its_entity_by_name(emulator, finance):
    emulator.add.process("Intake", folder=FOLDER)
    emulator.add.queue("Invoices", folder=FOLDER)
    emulator.add.asset("Url", "https://x", folder=FOLDER)
    emulator.add.bucket("files", folder=FOLDER)
    handles = (
        finance.process("Intake"),
        finance.queue("Invoices"),
        finance.asset("Url"),
        finance.bucket("files"),
    )
    assert not emulator.requests
    assert [(await each.entity()).name for each in handles] == ["Intake", "Invoices", "Url", "files"]


async def test_a_name_is_asked_once_in_a_clients_life_however_many_ask_at_once(emulator, finance, invoices):
    found = await asyncio.gather(*(finance.process("InvoiceIntake").entity() for _ in range(50)))
    await invoices.entity()
    assert len({each.id for each in found}) == 1
    emulator.calls.of("Releases.list").once()


async def test_names_of_two_folders_are_two_names(emulator, orchestrator, invoices):
    emulator.add.folder("Shared/Other")
    emulator.add.process("InvoiceIntake", folder="Shared/Other")
    other = await orchestrator.folder("Shared/Other").process("InvoiceIntake").entity()
    assert other.id != (await invoices.entity()).id


async def test_a_name_that_is_not_there_is_an_error_with_the_nearest_ones(finance, invoices):
    with pytest.raises(
        NoRow, match=r"no process named 'InvoiceIntak' here: did you mean 'InvoiceIntake'\? Check"
    ) as caught:
        await finance.process("InvoiceIntak").entity()
    assert isinstance(caught.value, LookupError)


async def test_a_failed_look_up_is_not_remembered(emulator, finance):
    with pytest.raises(NoRow):
        await finance.process("Late").entity()
    emulator.add.process("Late", folder=FOLDER)
    assert (await finance.process("Late").entity()).name == "Late"


async def test_a_name_of_two_is_refused_and_a_name_in_its_own_case_is_not(emulator, orchestrator, invoices):
    emulator.add.folder("Shared/Other")
    emulator.add.process("InvoiceIntake", folder="Shared/Other")
    with pytest.raises(SeveralRows, match="folder"):
        await orchestrator.process("InvoiceIntake").entity()


@pytest.mark.parametrize("name", ["", " ", None, 7])
def test_what_is_not_a_name_is_refused_before_anything_is_asked(finance, name):
    with pytest.raises(QueryError, match="not a name"):
        finance.queue(name)


async def test_an_entity_that_was_made_anew_under_its_name_is_found_again(emulator, finance, invoices):
    old = await invoices.entity()
    emulator.add.process("Another", folder=FOLDER)
    await finance.releases.delete(old.id)
    emulator.add.process("InvoiceIntake", folder=FOLDER)
    seen = []

    async def call(release):
        seen.append(release.id)
        return await finance.releases.get(release.id)

    answer = await invoices._calling(call)
    assert seen == [old.id, answer.id]
    assert (await invoices.entity()).id == answer.id != old.id


async def test_an_entity_that_is_gone_is_forgotten(finance, invoices):
    old = await invoices.entity()
    await finance.releases.delete(old.id)
    with pytest.raises(NoRow):
        await invoices._calling(lambda release: finance.releases.get(release.id))


async def test_another_404_than_that_of_the_entity_is_told_as_it_is(emulator, finance, invoices):
    await invoices.entity()
    with pytest.raises(NotFound):
        await invoices._calling(lambda _: finance.jobs.get(404))
    assert len(emulator.calls.of("Releases.list")) == 2


async def test_who_is_cancelled_while_asking_leaves_the_question_to_the_next(emulator, finance, invoices):
    going, go = asyncio.Event(), asyncio.Event()

    async def hold():
        going.set()
        await go.wait()

    emulator.fail("Releases.list", Slow(hold))
    first = asyncio.create_task(invoices.entity())
    await going.wait()
    second = asyncio.create_task(finance.process("InvoiceIntake").entity())
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).name == "InvoiceIntake"
    go.set()


async def test_an_error_of_the_look_up_reaches_each_that_waited(emulator, invoices):
    emulator.fail("Releases.list", Status(501), times=2)
    answers = await asyncio.gather(invoices.entity(), invoices.entity(), return_exceptions=True)
    assert [each.status for each in answers] == [501, 501]


async def handle(item):
    raise AssertionError(item)


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: folder.queue("a").add({"n": 1}, reference="r"),
        lambda folder: folder.queue("a").add_all([{"n": 1}], reference=None),
        lambda folder: folder.queue("a").add_and_take({"n": 1}),
        lambda folder: folder.queue("a").perform(handle, until_empty=True),
        lambda folder: folder.asset("a").set("x"),
        lambda folder: folder.asset("a").set_credential("u", "p"),
        lambda folder: folder.bucket("a").upload("x", b"y"),
        lambda folder: folder.bucket("a").delete("x"),
        lambda folder: folder.process("a").update_to("1.0.0"),
        lambda folder: folder.process("a").rollback(),
    ],
)
async def test_a_read_only_client_asks_nothing_before_it_refuses_a_write(emulator, write):
    async with emulator.client(read_only=True) as orchestrator:
        with pytest.raises(QueryError, match="read_only"):
            await write(orchestrator.folder(FOLDER))
    assert not emulator.requests
