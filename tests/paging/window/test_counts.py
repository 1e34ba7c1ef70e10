"""A bucket that is counted between two readings: how far counts are believed, and what is refused."""

from __future__ import annotations

import attrs
import pytest

from tests.paging.window.ticks import UNIT, Logs, at, run
from uipath_odata.errors import Unprovable, WindowOverflow
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.request import Condition
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.copies import Copies
from uipath_odata.paging.window.ties.counts import Counts
from uipath_odata.paging.window.ties.fits import fits
from uipath_odata.paging.window.ties.sandwich import Sandwich
from uipath_odata.paging.window.ties.tie_group import TieGroup
from uipath_odata.paging.window.ties.tie_split import TieSplit


def profile_of(**facts):
    made = ServerProfile(unit=UNIT, page_size=3, window=12, upper_bound=facts.pop("upper_bound", None))
    for name, value in facts.items():
        setattr(made, name, value)
    return made


# Counts


def test_totals_are_asked_by_the_function_until_it_says_nothing():
    profile, logs = profile_of(), Logs([at(0), at(1), at(2)])
    assert run(Counts(profile).between(at(0)), logs) == 2
    assert run(Counts(profile).between(at(0), at(2)), logs) == 1
    logs.counts = lambda found: len(found) if logs.asked[-1][0] == "count" else None
    assert run(Counts(profile).between(-1), logs) == 3
    assert run(Counts(profile).between(-1), logs) == 3
    kinds = [kind for kind, _, _ in logs.asked]
    assert kinds == ["total", "total", "total", "count", "count"]


def test_the_list_is_asked_for_one_row_and_where_more_come_its_count_may_be_that_of_the_page():
    rows = [{"TimeStamp": str(Instant(at(0)))}] * 2
    for sent, counted in ((rows, None), (rows[:1], 2), ([], 2)):
        steps = Counts(profile_of(has_totals=False)).between(-1)
        request = next(steps)
        assert (request.top, request.count, request.refusable) == (1, True, True)
        with pytest.raises(StopIteration) as ended:
            steps.send(Page(sent, 2))
        assert ended.value.value == counted


def test_a_refused_upper_bound_is_no_count_and_keeps_the_function():
    profile, logs = profile_of(), Logs([at(0)], lt="refused")
    assert run(Counts(profile).between(-1, at(1)), logs) is None
    assert profile.has_totals
    assert logs.asked == [("total", -1, at(1))]


@pytest.mark.parametrize(
    ("lt", "ticks", "honours"),
    [("honoured", [5], True), ("ignored", [5], False), ("refused", [5], False), ("honoured", [20], False)],
)
def test_an_upper_bound_is_believed_after_it_emptied_a_question_and_left_one(lt, ticks, honours):
    profile, logs = profile_of(), Logs([at(each) for each in ticks], lt=lt)
    assert run(Counts(profile).honour_upper_bound(at(4), at(6)), logs) == honours
    assert (profile.upper_bound, profile.counts_nothing) == (honours, honours)
    asked = len(logs.asked)
    assert run(Counts(profile).honour_upper_bound(at(4), at(6)), logs) == honours
    assert len(logs.asked) == asked
    assert logs.asked[0] == ("total", at(4), at(4))


def test_an_upper_bound_below_the_first_instant_is_the_first():
    logs = Logs([at(0)])
    assert run(Counts(profile_of()).honour_upper_bound(-1, at(1)), logs)
    assert logs.asked[0] == ("total", -1, 0)


def test_an_upper_bound_that_was_said_to_be_honoured_must_empty_a_question_once():
    profile, logs = profile_of(upper_bound=True), Logs([at(0)])
    assert run(Counts(profile).honour_upper_bound(-1, at(1)), logs)
    assert (logs.asked, profile.counts_nothing) == ([("total", -1, 0)], True)
    assert run(Counts(profile).honour_upper_bound(-1, at(1)), logs)
    assert len(logs.asked) == 1


@pytest.mark.parametrize(
    ("ticks", "counts", "live", "asked"),
    [([0], len, True, 1), ([0], lambda _: 5, False, 2), ([0, 9], len, True, 2)],
)
def test_what_is_counted_after_the_latest_row_must_be_there(ticks, counts, live, asked):
    profile, logs = profile_of(latest=at(0)), Logs([at(each) for each in ticks], counts=counts)
    assert run(Counts(profile).are_live(), logs) == live
    assert len(logs.asked) == asked
    assert logs.asked[0] == ("total", at(1), None)
    assert profile.counts_nothing == (asked == 1)


# Copies


def copies_of(*texts):
    made = Copies()
    made.learn((at(0), {"TimeStamp": "t", "Message": each}) for each in texts)
    return made


def test_a_row_exists_as_often_as_one_answer_showed_it():
    seen = copies_of("a", "b", "b")
    assert (len(seen), seen.have_twins) == (3, True)
    seen.learn([(at(0), {"TimeStamp": "t", "Message": "b"})])
    assert (len(seen), len(copies_of("a", "b")), copies_of("a", "b").have_twins) == (3, 2, False)
    seen.join(copies_of("a", "a", "c"))
    assert sorted(row["Message"] for _, row in seen.rows) == ["a", "a", "b", "b", "c"]
    seen.join(copies_of("b"))
    assert len(seen) == 5


def test_what_was_seen_here_and_there_is_counted_once():
    assert copies_of("a", "b", "b").shared_with(copies_of("b", "b", "c")) == 1
    assert copies_of("a").shared_with(copies_of("b")) == 0


@pytest.mark.parametrize(
    ("value", "asked", "excluded", "may"),
    [
        ("DocBot ", "docbot", False, True),
        ("æther", "AETHER", False, True),
        ("é", "e", False, True),
        ("a", "b", False, False),
        (None, None, False, True),
        (None, "a", False, False),
        (3, 3, False, True),
        ("DocBot", "docbot", True, True),
        ("a", "a", True, False),
        (None, "a", True, True),
    ],
)
def test_a_row_may_meet_a_condition_where_some_collation_says_so(value, asked, excluded, may):
    assert fits({"RobotName": value}, Condition("RobotName", asked, excluded)) is may


# The sandwich


def tied(number, *later, **facts):
    return Logs([*(at(0) + each for each in range(number)), *map(at, later)], **facts)


def sandwich_of(**facts):
    cramped = facts.pop("is_cramped", False)
    profile = profile_of(**{"latest": at(5), **facts})
    return Sandwich(after=at(-1), end=at(1), profile=profile, is_cramped=cramped)


def test_as_many_as_the_server_counts_between_two_readings_are_all():
    logs, seen = tied(5, 5), Copies()
    found = run(sandwich_of().read(seen), logs)
    assert sorted(ticks - at(0) for ticks, _ in found.rows) == [*range(5)]
    kinds = [kind for kind, _, _ in logs.asked]
    assert kinds == ["total"] * 3 + ["rows"] * 2 + ["total"] + ["rows"] * 2


def test_a_server_that_counts_nothing_and_shows_rows_proves_none():
    logs = Logs([at(0), at(0) + 1], counts=lambda _: 0)
    with pytest.raises(Unprovable, match="the server counts 0, and"):
        run(sandwich_of(latest=at(0)).read(Copies()), logs)


def test_a_bucket_that_shrinks_is_not_gone_where_nothing_is_counted():
    logs = Logs([at(0), at(0) + 1], counts=lambda _: 0)
    answer, read = logs.answer, []

    def shrinking(request):
        read.extend([] if request.count or request.total else [request])
        if len(read) == 3:  # the second reading begins
            logs.ticks = [at(0)]
        return answer(request)

    logs.answer = shrinking
    with pytest.raises(Unprovable, match="the server counts 0, and 1 were seen before and after"):
        run(sandwich_of(latest=at(0)).read(Copies()), logs)


def test_a_row_that_is_never_shown_makes_the_count_larger():
    said = (
        rf"RobotLogs of {Instant(at(0))} .* counts 5, and 4 were seen before and after that count: filter by"
    )
    with pytest.raises(Unprovable, match=said):
        run(sandwich_of().read(Copies()), tied(5, 5, hidden=[at(0) + 2]))


def test_as_many_as_the_window_are_an_overflow():
    assert len(run(sandwich_of().read(Copies()), tied(11, 5))) == 11
    with pytest.raises(
        WindowOverflow, match=r"12 RobotLogs share the instant .*, as many as the window of 12"
    ):
        run(sandwich_of().read(Copies()), tied(12, 5))


def test_the_last_bucket_is_counted_without_an_upper_bound():
    logs = tied(4, lt="ignored")
    assert len(run(sandwich_of(latest=at(0)).read(Copies()), logs)) == 4
    assert ("total", at(1), None) in logs.asked


@pytest.mark.parametrize(
    ("lt", "later", "counts", "said"),
    [
        ("ignored", (5,), len, "does not honour TimeStamp lt, so that it cannot count them alone"),
        ("ignored", (), lambda _: 4, "does not count them, or counts rows where there are none"),
        ("honoured", (5,), lambda _: None, "the server does not count, or does not honour TimeStamp lt"),
    ],
)
def test_what_cannot_be_counted_alone_is_not_proven(lt, later, counts, said):
    latest = at(5) if later else at(0)
    with pytest.raises(Unprovable, match=said):
        run(sandwich_of(latest=latest).read(Copies()), tied(4, *later, lt=lt, counts=counts))


def test_a_row_that_comes_after_the_bucket_leaves_it_uncounted():
    logs = tied(4, lt="ignored")
    logs.before = {3: lambda: logs.ticks.append(at(3))}
    with pytest.raises(Unprovable, match="does not count them, or counts rows where there are none"):
        run(sandwich_of(latest=at(0)).read(Copies()), logs)


def test_a_bucket_that_is_gone_is_empty():
    logs = tied(4, 5)
    logs.before = {4: logs.ticks.clear}
    assert len(run(sandwich_of().read(Copies()), logs)) == 0


def test_a_row_that_comes_between_is_counted_by_the_next_round():
    logs = tied(4, 5)
    logs.before = {6: lambda: logs.ticks.append(at(0) + 9)}
    assert len(run(sandwich_of().read(Copies()), logs)) == 5


def test_rows_alike_in_every_byte_are_told_apart_by_no_reading():
    logs = tied(4, 5)
    logs.ticks.append(at(0))
    with pytest.raises(Unprovable, match="some are alike in every byte, and no reading tells these apart"):
        run(sandwich_of().read(Copies()), logs)


def test_the_refusal_says_that_the_filter_leaves_no_room():
    with pytest.raises(Unprovable, match="and the filter leaves no room to split them further: filter by"):
        run(sandwich_of(is_cramped=True).read(Copies()), tied(5, 5, hidden=[at(0) + 2]))


def test_one_row_is_all_where_it_is_seen_before_and_after_its_count():
    assert len(run(sandwich_of().read(Copies()), tied(1, 5))) == 1


def test_a_page_that_reaches_the_end_of_the_bucket_is_its_last():
    logs = tied(2, 1)
    assert len(run(sandwich_of().read(Copies()), logs)) == 2
    assert sum(kind == "rows" for kind, _, _ in logs.asked) == 2


def test_a_server_that_ignores_skip_is_asked_a_bounded_number_of_times():
    logs = tied(6, counts=lambda found: len(found) and 99)
    answer = logs.answer
    logs.answer = lambda request: answer(attrs.evolve(request, skip=len(logs.asked) % 3))
    with pytest.raises(
        Unprovable, match=r"page after page shows rows that came before: the server ignores \$skip"
    ):
        run(sandwich_of(latest=at(0), window=10_000).read(Copies()), logs)
    assert 490 < len(logs.asked) < 520


@pytest.mark.parametrize("ends", [3, 99], ids=["a count that ends there, too", "a count of all"])
def test_a_page_that_comes_again_after_skip_does_not_show_all_that_is_counted(ends):
    logs = tied(6, 5, counts=lambda found: min(len(found), ends))
    answer = logs.answer
    logs.answer = lambda request: answer(attrs.evolve(request, skip=0))
    with pytest.raises(Unprovable, match="the server counts"):
        run(sandwich_of().read(Copies()), logs)


def test_more_rows_than_are_counted_are_looked_for_in_all_parts():
    """A server that shows and counts three rows of anything, the first ones."""
    parts = [(Condition("Level", each),) for each in (0, 1)]

    class Cut(Logs):
        def answer(self, request):
            found = [each for each in self.ticks if not request.where or each % 2 == request.where[0].value]
            return Logs(found[:3]).answer(request)

    ticks, seen, profile = [at(0) + each for each in (0, 1, 3, 5, 2)], Copies(), profile_of(latest=at(0))
    seen.learn((each, {"TimeStamp": str(Instant(each)), "Message": str(each)}) for each in ticks)
    sandwich = Sandwich(after=at(-1), end=at(1), profile=profile, cells=[(), *parts])
    with pytest.raises(Unprovable, match="counts 3, and 5 were seen before and after"):
        run(sandwich.read(seen), Cut(ticks))


def test_no_page_is_asked_for_beyond_the_window():
    logs, asked = tied(10, 5), []
    answer = logs.answer
    logs.answer = lambda request: asked.append(request) or answer(request)
    assert len(run(sandwich_of(window=11).read(Copies()), logs)) == 10
    assert max(each.skip + each.top for each in asked) == 11


# The split


class Named(Logs):
    """Rows of two robots; conditions of their names are ``ignored``, or those of null alone."""

    ignores_all = True

    def answer(self, request):
        names = {each.value for each in request.where}
        if request.where and not (self.ignores_all or None in names):
            kept = [each for each in self.ticks if self._meets(each, request.where) or each >= at(1)]
            page = Logs(kept).answer(request)
        else:
            page = super().answer(request)
        for row in page.rows:
            row["RobotName"] = "AB"[int(row["Message"]) % 2]
        return page

    @staticmethod
    def _meets(ticks, cell):
        return all(("AB"[ticks % 2] == each.value) != each.excluded for each in cell)


@pytest.mark.parametrize("ignores_all", [True, False])
def test_a_property_is_left_where_its_values_are_not_compared_and_not_where_null_is_not(ignores_all):
    logs, profile = Named([*(at(0) + each for each in range(5)), at(5)]), profile_of(latest=at(5))
    logs.ignores_all = ignores_all
    split = TieSplit(start=at(0), after=at(-1), profile=profile, seen=Copies())
    run(split.shows_all(), logs)
    assert profile.ignored_filters == ({"RobotName"} if ignores_all else set())


def test_later_rows_alone_do_not_show_that_or_is_honoured():
    """A server that heeds what comes after ``or``, and not what comes before it."""
    logs, profile = Logs([*(at(0) + each for each in range(5)), at(5)]), profile_of(latest=at(5))
    answer = logs.answer

    def either(request):
        return answer(request if request.or_after is None else attrs.evolve(request, after=request.or_after))

    logs.answer = either
    split = TieSplit(start=at(0), after=at(-1), profile=profile, seen=Copies())
    run(split._look((Condition("RobotName", None),)), logs)
    assert profile.honours_or is None


@pytest.mark.parametrize(("name", "value"), [("MachineId", 1.5), ("JobKey", "7")])
def test_a_value_that_no_filter_compares_with_is_not_asked_for(name, value):
    logs, profile = Logs([*(at(0) + each for each in range(5)), at(5)]), profile_of(latest=at(5))
    answer, asked = logs.answer, []

    def measured(request):
        asked.extend(each.value for each in request.where)
        page = answer(request)
        for each in page.rows:
            each[name] = 2 if int(each["Message"]) % 2 else value
        return page

    logs.answer = measured
    run(TieSplit(start=at(0), after=at(-1), profile=profile, seen=Copies()).shows_all(), logs)
    assert value not in asked


class Overtaken(TieGroup):
    """A bucket that cannot be proven before a later row was seen."""

    def _read(self):
        was_seen = self.profile.latest
        self.profile.latest = yield None
        if was_seen < at(1):
            raise Unprovable("it is the last")
        return [(at(0), {})]


@pytest.mark.parametrize(
    ("first", "then", "is_read"),
    [(at(0), at(1), True), (at(1) - 1, at(1), True), (at(0), at(1) - 1, False)],
)
def test_a_last_bucket_that_is_not_proven_is_read_again_where_a_later_row_came(first, then, is_read):
    profile = profile_of(latest=first)
    steps = Overtaken(start=at(0), after=at(-1), profile=profile).read()
    next(steps)
    if not is_read:
        with pytest.raises(Unprovable):
            steps.send(then)
        return
    assert steps.send(then) is None
    with pytest.raises(StopIteration) as ended:
        steps.send(then)
    assert ended.value.value == [(at(0), {})]


def test_a_bucket_before_others_that_is_not_proven_is_refused_at_once():
    class Refused(TieGroup):
        def _read(self):
            raise Unprovable("alike")
            yield

    with pytest.raises(Unprovable):
        next(Refused(start=at(0), after=at(-1), profile=profile_of(latest=at(1))).read())
