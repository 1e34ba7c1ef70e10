"""A cursor that was changed, or is of something else, is refused with its reason and nothing of what it holds."""

from __future__ import annotations

import base64
from random import Random

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.execution.cursor.seal import CursorSeal, Position, _checksum

KEY, OLDER = b"k" * 32, b"o" * 32
AT = Position("keyset", "after", 50, [638_500_000_000_000_000, "Invoice's", None, 4_711])
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("keys", [(), (KEY,), (KEY, OLDER)])
def test_a_cursor_is_read_as_it_was_written_and_is_short(keys):
    seal = CursorSeal.of("jobs of acme", keys)
    text = seal.text(AT)
    assert seal.position(text) == AT
    assert len(text) <= 100
    assert set(text) <= set(ALPHABET)


def test_after_a_rotation_the_older_key_still_counts_and_the_newer_signs():
    older = CursorSeal.of("jobs", (OLDER,)).text(AT)
    both = CursorSeal.of("jobs", (KEY, OLDER))
    assert both.position(older) == AT
    assert CursorSeal.of("jobs", (KEY,)).position(both.text(AT)) == AT
    with pytest.raises(QueryError, match="altered, or signed with a key that is not accepted any more"):
        CursorSeal.of("jobs", (KEY,)).position(older)


def mutated(chance, text):
    symbols = list(text)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(symbols)) if symbols else 0
        match chance.randrange(4):
            case 0 if symbols:
                symbols[place] = chance.choice(ALPHABET)
            case 1 if symbols:
                del symbols[place]
            case 2:
                symbols.insert(place, chance.choice(ALPHABET + "=+/ é\0"))
            case _:
                symbols = symbols[:place]
    return "".join(symbols)


@pytest.mark.parametrize("keys", [(), (KEY,)])
def test_ten_thousand_altered_cursors_are_refused_and_show_nothing(keys):
    chance, seal = Random(19), CursorSeal.of("jobs", keys)
    text = seal.text(AT)
    for _ in range(10_000):
        changed = mutated(chance, text)
        if changed == text:
            continue
        with pytest.raises(QueryError) as caught:
            seal.position(changed)
        assert str(caught.value).startswith("the cursor ")
        assert len(changed) < 12 or changed[:12] not in str(caught.value)
        assert "Invoice" not in str(caught.value)


def test_a_forged_cursor_passes_only_where_there_is_no_key():
    plain, signed = CursorSeal.of("jobs"), CursorSeal.of("jobs", (KEY,))
    forged = Position("offset", "after", 10**6)
    assert plain.position(plain.text(forged)) == forged
    with pytest.raises(QueryError, match="not signed"):
        signed.position(plain.text(forged))
    with pytest.raises(QueryError, match="a key that is not known here"):
        plain.position(signed.text(forged))


def test_a_cursor_of_something_else_says_so():
    for keys in ((), (KEY,)):
        with pytest.raises(QueryError, match="another query, folder or tenant"):
            CursorSeal.of("queue items", keys).position(CursorSeal.of("jobs", keys).text(AT))


@pytest.mark.parametrize("text", ["", "x", "not a cursor", 5, None, b"abc", "A" * 5_000, "A" * 9])
def test_what_never_was_a_cursor_says_so(text):
    with pytest.raises(QueryError, match=r"^the cursor (is not one of this list|was altered)"):
        CursorSeal.of("jobs").position(text)


def test_a_signed_payload_that_is_none_of_ours_is_refused():
    seal = CursorSeal.of("jobs")
    payload = seal.binding + b"\x93\x01"
    text = base64.urlsafe_b64encode(b"\x01" + _checksum(payload) + payload).rstrip(b"=").decode()
    with pytest.raises(QueryError, match="not one of this list"):
        seal.position(text)
