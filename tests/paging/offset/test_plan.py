"""OffsetPlan against lists whose servers cap, count and answer as they like."""

from __future__ import annotations

import random
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from uipath_odata import Query
from uipath_odata.entities import Job
from uipath_odata.errors import NotProven, OrderViolation, WindowError
from uipath_odata.paging.checks.answer_check import AnswerCheck
from uipath_odata.paging.offset.plan import OffsetPlan
from uipath_odata.paging.plan import Page


def rows(count, start=0):
    return [{"Id": number} for number in range(start, start + count)]


class Server:
    """A list of ``size`` rows that answers by rank, at most ``cap`` rows at once."""

    def __init__(self, size, *, cap=sys.maxsize, count=None, links="", excess=0, limit=sys.maxsize):
        self.size, self.cap, self.count, self.links, self.excess = size, cap, count, links, excess
        self.limit = limit
        self.asked = []

    def answer(self, fetch):
        self.asked.append(fetch.continuation or dict(fetch.options))
        top = int(fetch.options["$top"])
        if fetch.continuation:
            assert "$skip" not in fetch.options
            skip = int(fetch.continuation.rpartition("=")[2])
        else:
            skip = int(fetch.options.get("$skip", 0))
        assert skip + top <= self.limit
        length = min(top + self.excess, self.cap)
        page = rows(max(0, min(length, self.size - skip)), skip)
        count = self.count if "$count" in fetch.options else None
        more = self.links and len(page) < top and skip + len(page) < self.size
        return Page(
            page,
            count,
            f"http://inside:80/odata/Jobs?$top=1&{self.links}={skip + len(page)}" if more else None,
        )


def read(plan, server, concurrency=1, chance=None):
    """Drive a plan by hand, answers in any order; return the ranks given out."""
    chance = chance or random.Random(0)
    running, given = [], []
    while True:
        while len(running) + plan.buffered_pages < concurrency and (fetch := plan.next_fetch()) is not None:
            running.append(fetch)
        if not running:
            return given
        fetch = running.pop(chance.randrange(len(running)))
        plan.on_page(fetch, server.answer(fetch))
        while (page := plan.next_rows()) is not None:
            given += [row["Id"] for row in page]


def plan(options=None, **settings):
    return OffsetPlan(options=options or {}, page_size=settings.pop("page_size", 10), **settings)


def test_a_top_that_fits_a_page_is_sent_exactly_as_written():
    options = {"$filter": "State eq 'Faulted'", "$top": "10", "$skip": "3"}
    offset, server = plan(options, order="Id"), Server(100)
    assert read(offset, server, concurrency=4) == [*range(3, 13)]
    assert server.asked == [options]
    assert offset.added == ()
    assert not offset.proof.proven, "a server that ignores the filter sends as many rows"


def test_a_top_that_fits_a_page_and_comes_short_costs_one_request_and_is_not_called_proven():
    offset, server = plan({"$top": "10"}), Server(4)
    assert read(offset, server) == [0, 1, 2, 3]
    assert len(server.asked) == 1
    assert not offset.proof.proven


@pytest.mark.parametrize(
    ("size", "count", "kind", "requests"),
    [
        (4, 4, "by_count", 3),
        (0, 0, "by_one_answer", 1),
        (10, 99, "none", 1),
        (4, None, "none", 2),
        (4, 9, "none", 3),
    ],
)
def test_an_exact_reading_of_a_small_list_by_offset_counts_between_two_readings(size, count, kind, requests):
    offset, server = plan({"$top": "10", "$orderby": "Name"}, exact=True), Server(size, count=count)
    assert read(offset, server) == [*range(size)]
    assert (offset.proof.kind, len(server.asked)) == (kind, requests)
    assert offset.added == ("$count=true",)


def test_rows_after_a_skip_are_not_proven_by_their_number():
    offset, server = plan({"$top": "10", "$skip": "3", "$orderby": "Name"}, exact=True), Server(7, count=7)
    assert read(offset, server) == [3, 4, 5, 6]
    assert not offset.proof.proven


def test_a_count_that_is_the_servers_cap_proves_nothing():
    """R28, R29: three rows of twenty, counted as three."""
    for exact in (True, False):
        offset = plan(exact=exact)
        read(offset, Server(20, cap=3, count=3))
        assert not offset.proof.proven


def test_rows_that_are_alike_prove_nothing_by_their_number():
    offset = plan(exact=True)
    offset.on_page(offset.next_fetch(), Page([{"State": "Busy"}] * 2, 2))
    assert offset.next_rows()
    offset.on_page(offset.next_fetch(), Page([], 2))
    assert not offset.proof.proven


def test_a_server_that_counts_rows_and_sends_none_is_not_believed():
    offset = plan()
    while (fetch := offset.next_fetch()) is not None:
        offset.on_page(fetch, Page([], 3))
    assert not offset.proof.proven


def test_an_id_twice_in_one_answer_is_refused_where_ids_are_unique():
    offset = plan(has_unique_ids=True)
    with pytest.raises(OrderViolation, match="the Id 7 twice in one answer"):
        offset.on_page(offset.next_fetch(), Page([{"Id": 7}, {"Id": 8}, {"Id": 7}]))


def test_an_order_that_the_server_ignores_is_refused():
    offset = plan({"$orderby": "Id desc"}, check=AnswerCheck.of(Query(Job).order_by(Job.id.desc())))
    with pytest.raises(OrderViolation, match=r"ignores \$orderby"):
        offset.on_page(offset.next_fetch(), Page(rows(3)))


def test_a_small_top_under_a_server_cap_is_filled_where_the_count_says_so():
    """R29."""
    offset = plan({"$top": "8"}, order="Id")
    fetch = offset.next_fetch()
    offset.on_page(fetch, Page(rows(3), count=100))
    assert len(offset.next_rows()) == 3
    assert dict(offset.next_fetch().options) == {"$top": "3", "$skip": "3"}


def test_the_first_page_goes_out_alone_and_asks_for_what_the_others_need():
    offset = plan({"$orderby": "Name"}, order="Id")
    first = offset.next_fetch()
    assert offset.next_fetch() is None
    assert dict(first.options) == {"$orderby": "Name", "$top": "10", "$count": "true"}
    assert offset.added == ("$top=10", "$count=true")
    offset.on_page(first, Page(rows(10), count=35))
    assert [offset.next_fetch().options["$skip"] for _ in range(3)] == ["10", "20", "30"]
    assert offset.next_fetch() is None


def test_the_order_that_keeps_ranks_stable_is_added_and_said():
    offset = plan(order="Id desc")
    assert offset.next_fetch().options["$orderby"] == "Id desc"
    assert offset.added == ("$orderby=Id desc", "$top=10", "$count=true")


@pytest.mark.parametrize(
    ("size", "count", "requests"),
    [
        (7, 7, 1),  # not full, and the count agrees
        (7, None, 2),  # not full, nothing known: one probe
        (10, 10, 2),  # full: a count is only a hint
        (0, 0, 1),
        (0, None, 1),  # an empty page is the end
        (25, 25, 4),  # three pages and an empty one after the short one
        (30, 30, 4),
        (25, 9, 4),  # smaller than the rows
        (25, 10_000, 7),  # more than there are: one more page was on its way, and both were doubted
    ],
)
def test_only_an_empty_page_ends_a_list(size, count, requests):
    """R28, R29, R72."""
    server = Server(size, count=count)
    assert read(plan(), server, concurrency=2) == [*range(size)]
    assert len(server.asked) == requests


def test_a_total_across_pages_is_never_exceeded_nor_probed():
    server = Server(100, count=100)
    assert read(plan({"$top": "25", "$skip": "40"}), server, concurrency=4) == [*range(40, 65)]
    assert sorted((asked["$skip"], asked["$top"]) for asked in server.asked) == [
        ("40", "10"),
        ("50", "10"),
        ("60", "5"),
    ]


def test_a_server_cap_below_top_is_met_with_smaller_pages():
    """R29."""
    server = Server(20, cap=4, count=20)
    assert read(plan(), server, concurrency=3) == [*range(20)]
    assert [asked["$top"] for asked in server.asked] == ["10", "4", "4", "4", "4", "4"]


def test_pages_longer_than_asked_are_kept_and_noted():
    """R30."""
    offset = plan()
    assert read(offset, Server(25, excess=3)) == [*range(25)]
    assert offset.notes == ("The server sent pages longer than $top",)


def test_a_list_that_ignores_skip_is_given_once():
    """A probe that finds the same rows again has not moved."""
    offset = plan()
    offset.on_page(offset.next_fetch(), Page(rows(4)))
    offset.next_rows()
    offset.on_page(offset.next_fetch(), Page(rows(4)))
    assert offset.next_rows() is None
    assert offset.next_fetch() is None
    assert "ignores $skip" in offset.notes[0]


def test_a_server_that_counts_more_and_ignores_skip_is_refused():
    offset = plan()
    offset.on_page(offset.next_fetch(), Page(rows(10), count=30))
    with pytest.raises(NotProven, match=r"ignores \$skip"):
        offset.on_page(offset.next_fetch(), Page(rows(10)))


@pytest.mark.parametrize("count", [None, 1])
def test_a_server_that_sends_one_row_again_and_again_is_not_asked_for_ever(count):
    """R67."""
    offset = plan(page_size=1)
    offset.on_page(offset.next_fetch(), Page(rows(1), count))
    assert offset.next_rows() == rows(1)
    offset.on_page(offset.next_fetch(), Page(rows(1), count))
    assert offset.next_rows() is None
    assert offset.next_fetch() is None
    assert "ignores $skip" in offset.notes[0]


def test_nor_is_one_that_sends_rows_without_an_id():
    """R67."""
    offset, page = plan(), Page([{"State": "Available"}] * 10)

    def read_on():
        while (fetch := offset.next_fetch()) is not None:
            offset.on_page(fetch, page)
            offset.next_rows()

    with pytest.raises(NotProven, match="the same rows again and again"):
        read_on()


class Shuffled(Server):
    """A server that ignores ``$skip`` and sends its rows in another order each time."""

    def answer(self, fetch):
        self.asked.append(fetch)
        page = rows(self.size, 1)
        random.Random(len(self.asked)).shuffle(page)
        return Page(page[: int(fetch.options["$top"])], None)


@pytest.mark.parametrize("size", [11, 25])
def test_pages_that_bring_only_rows_that_came_before_end_the_reading(size):
    offset, server = plan(), Shuffled(size)
    with pytest.raises(OrderViolation, match=r"ignores \$skip: page after page holds rows that came before"):
        read(offset, server)
    assert len(server.asked) < 40


def test_a_row_that_is_deleted_between_the_readings_or_comes_again_elsewhere_proves_nothing():
    for later in (rows(3), [*rows(3), {"Id": 9}]):
        answers = iter([Page(rows(4), 4), Page([], 4), Page(later, len(later))])
        offset = plan(exact=True)
        while (fetch := offset.next_fetch()) is not None:
            offset.on_page(fetch, next(answers))
            while offset.next_rows() is not None:
                pass
        assert next(answers, None) is None
        assert offset.proof.kind == "none"


def test_alike_pages_under_a_narrow_select_are_not_taken_for_unmoved():
    offset, state = plan(), {"State": "Available"}
    for _ in range(3):
        offset.on_page(offset.next_fetch(), Page([state] * 10))
        assert len(offset.next_rows()) == 10
    offset.on_page(offset.next_fetch(), Page([]))
    assert offset.next_fetch() is None


def test_next_links_take_over_where_a_server_sends_them():
    server = Server(25, cap=4, count=25, links="$skiptoken")
    assert read(plan({"$filter": "State eq 'Faulted'"}), server, concurrency=4) == [*range(25)]
    assert server.asked[1:3] == ["$skiptoken=4", "$skiptoken=8"]
    assert "$skip" in server.asked[3]


def test_what_continues_a_list_goes_with_the_options_that_were_asked():
    offset = plan({"$filter": "State eq 'Faulted'", "$skip": "3"})
    first = offset.next_fetch()
    offset.on_page(first, Page(rows(4), next_link="http://inside/x?$filter=true&$orderby=Id&$skiptoken=a%2B"))
    fetch = offset.next_fetch()
    assert fetch.continuation == "$skiptoken=a%2B"
    assert fetch.options == {"$filter": "State eq 'Faulted'", "$top": "6"}


def test_a_link_that_goes_on_beyond_top_is_followed():
    offset = plan()
    offset.on_page(offset.next_fetch(), Page(rows(10), next_link="?$skip=10"))
    assert offset.next_fetch().continuation == "$skip=10"


@pytest.mark.parametrize("links", [["a", "a"], [str(number) for number in range(20)]])
def test_links_that_lead_nowhere_end_the_reading(links):
    """R67."""
    offset = plan()
    with pytest.raises(NotProven, match="next links"):  # noqa: PT012 - which page raises depends on the links
        for link in links:
            offset.on_page(offset.next_fetch(), Page([], next_link=f"?$skiptoken={link}"))


@pytest.mark.parametrize("rank", [0, 3, 5, 10, 1_000])
def test_a_link_that_leaves_rows_out_or_repeats_them_is_refused(rank):
    offset = plan()
    with pytest.raises(NotProven, match="do not lead on from the rows that came"):
        offset.on_page(offset.next_fetch(), Page(rows(4), next_link=f"Jobs?$skip={rank}"))


def test_a_list_beyond_the_window_is_refused_before_its_first_row():
    """R61."""
    offset = plan(window=99)
    first = offset.next_fetch()
    with pytest.raises(WindowError, match="narrow the filter"):
        offset.on_page(first, Page(rows(10), count=99))
    assert offset.next_rows() is None


def test_a_total_that_ends_at_the_window_is_read_whole():
    server = Server(500, count=100, limit=99)
    assert read(plan({"$top": "99"}, window=99), server, concurrency=3) == [*range(99)]


def test_a_start_beyond_the_window_is_refused_before_any_request():
    with pytest.raises(WindowError):
        plan({"$skip": "99"}, window=99).next_fetch()


def test_a_list_that_proves_longer_than_its_count_said_stops_at_the_window():
    server = Server(200, count=50, limit=99)
    offset = plan(window=99)
    given = []
    with pytest.raises(NotProven) as caught:  # noqa: PT012 - the rows before the error are part of the contract
        while (fetch := offset.next_fetch()) is not None:
            offset.on_page(fetch, server.answer(fetch))
            given += offset.next_rows() or []
    assert len(given) == 99
    assert caught.value.checkpoint == {"plan": "offset", "skip": 99}


def test_what_is_read_over_several_pages_is_best_effort():
    offset = plan()
    assert "not read" in offset.proof.reason
    read(offset, Server(25, count=25))
    assert not offset.proof.proven
    assert "best effort" in offset.proof.reason


@settings(max_examples=300, deadline=None)
@given(
    size=st.integers(0, 60),
    cap=st.one_of(st.just(sys.maxsize), st.integers(1, 12)),
    count=st.one_of(st.none(), st.integers(0, 80)),
    top=st.one_of(st.none(), st.integers(11, 70)),
    skip=st.integers(0, 15),
    links=st.sampled_from(["", "$skip", "$skiptoken"]),
    excess=st.integers(0, 2),
    concurrency=st.integers(1, 5),
    ordered=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_each_row_comes_once_and_in_order(
    size, cap, count, top, skip, links, excess, concurrency, ordered, seed
):
    """R28, R29, R30, R87."""
    assume(count != skip + min(cap, 10) or count >= size)  # the one lie that is believed
    options = {"$skip": str(skip)} | ({} if top is None else {"$top": str(top)})
    server = Server(size, cap=cap, count=count, links=links, excess=excess)
    given = read(plan(options, ordered=ordered), server, concurrency, random.Random(seed))
    end = size if top is None else min(size, skip + top)
    wanted = [*range(skip, end)]
    given = given if ordered else sorted(given)
    assert given[: len(wanted)] == wanted
    assert given[len(wanted) :] == [*range(skip + len(wanted), skip + len(given))], "rows accepted beyond top"
    assert len(given) - len(wanted) <= excess
