"""R92: the process ends at any operation on its files, killed or without power, and in its recovery again."""

from __future__ import annotations

import asyncio

import pytest

from uipath_odata.export.journal.journal import JOURNAL

from .crash_disk import CrashDisk
from .crash_trial import SCENARIOS, AtOnce, Trial, afresh, one_file, one_file_over_another

pytestmark = pytest.mark.simulation


@pytest.fixture(autouse=True)
async def _at_once():
    asyncio.get_running_loop().set_default_executor(AtOnce())


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_r92_no_end_at_any_operation_costs_or_doubles_a_row(scenario, tmp_path):
    trial = await Trial(await scenario(tmp_path), tmp_path).all(seeds=1, step=5)
    assert not trial.wrong


class NoSyncOfData(CrashDisk):
    def syncs(self, name):
        return not name.startswith(("_tmp-", "rows"))


class NoSyncOfTheJournal(CrashDisk):
    def syncs(self, name):
        return name != JOURNAL


class NoSyncOfNames(CrashDisk):
    def sync_directory_of(self, name):
        pass


class NamesOfPartsAreNotSynced(CrashDisk):
    def sync_directory_of(self, name):
        if "/" not in name or name.startswith(".."):
            super().sync_directory_of(name)


class TheJournalBeforeTheName(CrashDisk):
    """A part gets its name at the first operation after its line in the journal."""

    later = None

    def rename(self, name, to):
        if "/part-" not in to:
            super().rename(name, to)
            return
        self.catch_up()
        self.later = (name, to)

    def sync_directory_of(self, name):
        if self.later is None or not self.later[1].startswith(name):
            super().sync_directory_of(name)

    def names(self):
        self.catch_up()
        return super().names()

    def operation(self, name):
        if JOURNAL not in name:
            self.catch_up()
        return super().operation(name)

    def catch_up(self):
        if self.later is not None and not self.is_dead:
            (name, to), self.later = self.later, None
            super().rename(name, to)
            super().sync_directory_of(to)


class TornTailsAreKept(CrashDisk):
    def open(self, name, size=0):
        return super().open(name, max(size, self.size(name) or 0))


MUTANTS = {
    NoSyncOfData: (afresh, one_file),
    NoSyncOfTheJournal: (afresh, one_file),
    NoSyncOfNames: (afresh, one_file_over_another),
    NamesOfPartsAreNotSynced: (afresh,),
    TheJournalBeforeTheName: (afresh,),
    TornTailsAreKept: (afresh, one_file),
}


@pytest.mark.parametrize(
    ("mutant", "scenario"),
    [(mutant, scenario) for mutant, several in MUTANTS.items() for scenario in several],
)
async def test_r92_the_model_sees_each_step_that_is_left_out(mutant, scenario, tmp_path):
    trial = await Trial(await scenario(tmp_path), tmp_path, mutant).all(seeds=4, step=2, enough=1)
    assert trial.wrong


@pytest.mark.full
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_r92_nor_at_40_seeds_each(scenario, tmp_path, capsys):
    trial = await Trial(await scenario(tmp_path), tmp_path).all(seeds=40)
    with capsys.disabled():  # the figure is what it is run for
        print(f"\n{scenario.__name__}: {trial.crashes:,} ends, {len(trial.wrong)} wrong")  # noqa: T201
    assert not trial.wrong
