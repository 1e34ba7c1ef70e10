"""What completion offers on a client and what hangs on it: what users call, and nothing of how it is done."""

from __future__ import annotations

import pytest

from uipath_odata import AccessToken, Orchestrator, Pool, Query
from uipath_odata.entities import Job
from uipath_odata.operations import EntitySets

OF_QUERIES = {
    *("filter", "select", "expand", "order_by", "top", "skip"),
    *("options", "query_string", "url", "query"),
    *("dicts", "raw", "exact", "stream", "pages", "to_list", "first", "one", "one_or_none", "page"),
    *("count", "explain", "estimate", "using"),
}
BY_HAND = {"with_parameters"} | {"upload", "download", "of_job"}  # of buckets and attachments
NAMES = [name for name in dir(EntitySets) if not name.startswith("_") and name != "of"]


@pytest.fixture(scope="module")
def orchestrator():
    return Orchestrator("https://localhost/acme/Default", AccessToken("token"))


def _shown(value):
    return {name for name in dir(value) if not name.startswith("_")}


def test_a_query_shows_what_composes_and_reads_it(orchestrator):
    assert _shown(orchestrator.robots.get_robots_for_process(process_id="x")) <= OF_QUERIES


@pytest.mark.parametrize("name", NAMES)
def test_a_set_or_tag_shows_its_operations_beside_that(orchestrator, name):
    owner = getattr(orchestrator, name)
    assert _shown(owner) <= OF_QUERIES | BY_HAND | owner.__operations__.keys()


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        ("process", {"start", "start_many", "version", "update_to", "rollback"}),
        ("queue", {"add", "add_all", "add_and_take", "work", "perform", "definition"}),
        ("asset", {"value", "set", "credential", "set_credential", "details"}),
        ("bucket", {"upload", "download", "delete", "files"}),
    ],
)
def test_work_by_name_shows_what_it_does_and_no_more(orchestrator, kind, calls):
    assert _shown(getattr(orchestrator, kind)("x")) == calls | {"name", "entity"}


def test_packages_show_what_publishes_one(orchestrator):
    assert _shown(orchestrator.packages) == {"publish"}


def test_a_query_of_no_client_shows_what_composes_and_what_it_holds():
    composing = {"filter", "select", "expand", "order_by", "top", "skip", "options", "query_string"}
    held = {"entity", "condition", "selection", "expansion", "order", "limit", "offset"}
    assert _shown(Query(Job)) == composing | held


def test_a_condition_shows_nothing():
    assert _shown(Job.id == 1) == set()


def test_a_poller_shows_who_waits_and_how_to_wake_them(orchestrator):
    assert _shown(orchestrator.poller) == {"waiting", "wake"}


def test_a_pool_shows_what_its_clients_share():
    shared = {"attempt_timeout", "body_limit", "trust_env", "budgets", "session", "slots"}
    assert _shown(Pool()) == shared | {"close"}
