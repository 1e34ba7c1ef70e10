from __future__ import annotations

import math

import attrs
import pytest

from uipath_odata.auth import Grant, Secret
from uipath_odata.auth.token_cache import TokenCache, refresh_margin
from uipath_odata.errors import AuthenticationFailed, ConnectionFailed

GRANT = Grant(Secret("t"), expires_in=1_000.0)


@pytest.mark.parametrize(
    ("life", "margin"), [(86_400, 300), (1_500, 300), (1_000, 200), (10, 2), (0, 0), (math.inf, 300)]
)
def test_r44_the_margin_is_five_minutes_or_a_fifth(life, margin):
    assert refresh_margin(life) == margin


def test_without_a_token_one_is_due():
    assert TokenCache().usable(0.0) is None
    assert TokenCache().due(0.0)


@pytest.mark.parametrize(("jitter", "at"), [(0.0, 800.0), (1.0, 780.0)])
def test_r44_the_next_is_due_ahead_of_the_end(jitter, at):
    cache = TokenCache().renewed(GRANT, 0.0, jitter)
    assert not cache.due(at - 0.1)
    assert cache.due(at)
    assert cache.usable(at) is cache.token


def test_a_token_ends_at_its_end():
    cache = TokenCache().renewed(GRANT, 0.0, 0.0)
    assert cache.usable(999.9)
    assert cache.usable(1_000.0) is None


def test_a_token_without_an_end_is_never_due():
    assert not TokenCache().renewed(Grant(Secret("t")), 0.0, 1.0).due(1e12)


def test_r33_a_refusal_counts_for_its_generation_and_older_ones():
    first = TokenCache().renewed(GRANT, 0.0, 0.0)
    second = first.renewed(GRANT, 0.0, 0.0)
    assert second.token.generation == first.token.generation + 1
    assert second.refuse(first.token.generation).usable(1.0) is second.token
    refused = second.refuse(second.token.generation)
    assert refused.usable(1.0) is None
    assert refused.due(1.0)
    assert refused.refuse(first.token.generation).usable(1.0) is None
    assert refused.renewed(attrs.evolve(GRANT), 1.0, 0.0).usable(1.0)


def test_credentials_that_give_the_refused_token_again_have_no_other():
    refused = TokenCache().renewed(GRANT, 0.0, 0.0).refuse(1)
    again = refused.renewed(GRANT, 1.0, 0.0)
    assert again.is_unchanged
    assert again.usable(1.0) is None
    with pytest.raises(AuthenticationFailed, match="give a new one, or an async callable"):
        again.latest()
    assert (again.due(30.9), again.due(31.0)) == (False, True)


@pytest.mark.parametrize("error", [AuthenticationFailed("no"), ConnectionFailed("down")])
def test_a_token_that_was_accepted_stays_in_use_while_there_is_no_newer_one(error):
    refused = TokenCache().renewed(GRANT, 0.0, 0.0).accept(1).refuse(1)
    assert refused.usable(1.0) is None
    held = refused.failed(error, 1.0)
    assert held.usable(2.0) is held.token
    assert (held.keeps(held.token, 2.0), held.keeps(held.token, 100.0)) == (True, False)
    assert not refused.renewed(GRANT, 1.0, 0.0).failed(error, 1.0).is_unchanged


@pytest.mark.parametrize(
    ("error", "seconds"), [(AuthenticationFailed("no"), 30), (ConnectionFailed("down"), 5)]
)
def test_r38_r39_a_failure_is_held(error, seconds):
    cache = TokenCache().failed(error, 100.0)
    assert not cache.due(100.0 + seconds - 0.1)
    assert cache.due(100.0 + seconds)


def test_r38_a_failure_leaves_a_valid_token_in_use():
    cache = TokenCache().renewed(GRANT, 0.0, 0.0).failed(ConnectionFailed("down"), 900.0)
    assert cache.usable(901.0)
    assert not cache.due(901.0)
    assert cache.due(905.0)


def test_each_who_waits_raises_an_error_of_its_own():
    cache = TokenCache().failed(AuthenticationFailed("no"), 0.0)
    one, two = cache.error(), cache.error()
    assert one is not two
    assert (type(one), str(one), one.reason) == (AuthenticationFailed, "no", "no")
    with pytest.raises(AuthenticationFailed, match="no"):
        cache.latest()


def test_r45_what_came_last_is_given_even_if_it_is_over():
    cache = TokenCache().failed(ConnectionFailed("down"), 0.0).renewed(Grant(Secret("t"), 0.0), 10.0, 0.0)
    assert cache.usable(10.0) is None
    assert cache.latest().text == Secret("t")
