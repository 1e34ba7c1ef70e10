"""What the schema says that an operation answers is read, and whatever else comes is an error that names its place."""

from __future__ import annotations

import datetime as dt
import json
import re
from random import Random
from uuid import UUID

import pytest

from uipath_odata.errors import DecodeError, ItemsFailed, OrderViolation
from uipath_odata.odata.entity import Entity, properties


def _same(value, sent):
    """Compare what was read with what was sent, by other rules than the reader's."""
    if isinstance(value, Entity):
        return all(
            _same(getattr(value, name), sent.get(each.wire)) for name, each in properties(type(value)).items()
        )
    if isinstance(value, dt.datetime):
        return value == dt.datetime.fromisoformat(sent)
    if isinstance(value, UUID):
        return str(value) == sent.lower()
    if isinstance(value, list):
        return len(value) == len(sent) and all(map(_same, value, sent))
    return value == sent


async def _read(answered, scope, recorder, made, body, status=200):
    recorder.answer(body, status)
    return await made(answered.on(scope(recorder)))


async def test_a_reply_as_described_is_read(answered, scope, recorder, made, reply):
    status, facts = answered.answer
    if facts == "string:binary":
        assert (
            await _read(answered, scope, recorder, made, b"PK\x03\x04\x00\xff", status)
            == b"PK\x03\x04\x00\xff"
        )
        return
    for seed in range(5):
        sent = _about_the_one_asked_for(answered, _successful(reply(facts, Random(seed))))
        value = await _read(answered, scope, recorder, made, sent, status)
        inner = sent["value"] if _is_envelope(facts) else sent
        assert _same(
            value, inner[:3] if answered.facts["method"] == "GET" and isinstance(value, list) else inner
        )


def _is_envelope(facts):
    return isinstance(facts, dict) and facts.get("ref", "").startswith("ODataValueOf")


def _successful(sent):
    return {**sent, "Success": True} if isinstance(sent, dict) and "Success" in sent else sent


def _about_the_one_asked_for(answered, sent):
    """Give a reply the key of the call, where it shows one: an answer about another entity is refused."""
    if not re.search(r"\(\{\w+\}\)$", answered.facts["path"]) or not isinstance(sent, dict):
        return sent
    return {
        name: 5 if name.lower() == "id" and isinstance(value, int) else value for name, value in sent.items()
    }


OTHER = [None, 7, -1.5, True, "text", "", [], [None], {}, {"value": None}, [[]], {"a": {"b": []}}]


def _changed(value, random):
    """Remove, null, add or retype something in a JSON value, anywhere."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        key = random.choice(list(value))
        match random.randrange(4):
            case 0:
                return {name: each for name, each in value.items() if name != key}
            case 1:
                return {**value, "addedByANewerServer": random.choice(OTHER)}
        return {**value, key: _changed(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        return [*value[:place], _changed(value[place], random), *value[place + 1 :]]
    return random.choice(OTHER)


async def _refusal(reading):
    try:
        await reading
    except (DecodeError, ItemsFailed, OrderViolation) as error:
        return error
    return None


async def test_a_reply_that_is_not_as_described_is_read_or_refused_by_name(
    answered, scope, recorder, made, reply
):
    status, facts = answered.answer
    for seed in range(40):
        random = Random(seed)
        sent = reply(facts, random)
        for _ in range(random.randrange(1, 4)):
            sent = _changed(sent, random)
        body = json.dumps(sent).encode()
        recorder.answers.clear()
        recorder.answer(body, status)
        refused = await _refusal(_read(answered, scope, recorder, made, body, status))
        assert (
            refused is None
            or isinstance(refused, ItemsFailed)
            or re.search(r"answer|body|row \d|value", str(refused))
        )


PAGES = (b"<!DOCTYPE html><title>UiPath</title>", b'{"value": [', b"\xff\xfe")


async def test_a_page_or_a_cut_body_is_never_taken_for_success(answered, scope, recorder, made):
    if answered.answer[1] == "string:binary":
        return
    for body in PAGES:
        recorder.answers.clear()
        recorder.answer(body)
        with pytest.raises(DecodeError):
            await _read(answered, scope, recorder, made, body)
