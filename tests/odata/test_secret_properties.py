"""No secret shows where an entity is printed, and none is lost where it is kept."""

from __future__ import annotations

import copy
import pickle

import pytest

from uipath_odata import entities
from uipath_odata.entities import Asset, Session
from uipath_odata.odata.entity import Entity, Property, entity, prop, properties
from uipath_odata.odata.rows.encode import body_of
from uipath_odata.odata.secret_properties import SECRETS, TEXTS

CANARY = "hunter2"


def listed():
    for name, wires in (*SECRETS.items(), *TEXTS.items()):
        cls = getattr(entities, name, None)
        if cls is not None:
            yield from ((cls, each.name) for each in properties(cls).values() if each.wire in wires)


@pytest.mark.parametrize(("cls", "name"), [*listed()])
def test_repr_hides_every_listed_secret_and_nothing_else_does(cls, name):
    made = cls(**{name: CANARY})
    assert repr(made) == f"{cls.__name__}({name}=<secret>)"
    assert CANARY not in repr([made])
    assert getattr(pickle.loads(pickle.dumps(made)), name) == CANARY
    assert copy.copy(made) == made != cls(**{name: "other"})


def test_a_secret_is_hidden_however_deep_and_sent_all_the_same():
    asset = Asset(user_values=[entities.AssetUserValue(credential_password=CANARY)])
    assert repr(asset) == "Asset(user_values=[AssetUserValue(credential_password=<secret>)])"
    assert body_of(asset) == {"UserValues": [{"CredentialPassword": CANARY}]}
    assert CANARY not in repr(Session(robot=entities.RobotWithLicense(password=CANARY)))


def test_a_class_of_ones_own_inherits_and_marks_secrets():
    @entity
    class Mine(Asset):
        pin: Property[str] = prop("Pin", secret=True)

    assert repr(Mine(pin=CANARY, secret_value=CANARY)) == "Mine(secret_value=<secret>, pin=<secret>)"
    assert isinstance(Mine(), Entity)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://user:{CANARY}@hooks.example:8443/{CANARY}?code={CANARY}", "<https://hooks.example/…>"),
        (f"https://hooks.example?code={CANARY}", "<https://hooks.example/…>"),
        (f"https://hooks.example\\{CANARY}", "<secret>"),
        (f"http://[{CANARY}", "<secret>"),
        (CANARY, "<secret>"),
    ],
)
def test_repr_shows_only_the_host_of_an_address_that_anyone_could_call(url, shown):
    assert repr(entities.Webhook(url=url)) == f"Webhook(url={shown})"
