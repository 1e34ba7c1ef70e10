from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator


@pytest.fixture
def emulator():
    with Emulator(seed=None) as emulator:
        yield emulator


@pytest.fixture
def add(emulator):
    return emulator.add


def test_a_folder_brings_those_above_it(add, emulator):
    finance = add.folder("Shared/Finance/Invoices")
    assert finance["FullyQualifiedName"] == "Shared/Finance/Invoices"
    add.folder("Shared/Sales")
    paths = emulator.sql("SELECT FullyQualifiedName FROM Folders ORDER BY Id")
    assert [path for (path,) in paths] == [
        "Shared",
        "Shared/Finance",
        "Shared/Finance/Invoices",
        "Shared/Sales",
    ]


def test_a_folder_of_an_empty_tenant_is_to_be_added_first(add):
    with pytest.raises(ValueError, match=r"no folder 'Sales': add it first, with add\.folder\('Sales'\)"):
        add.queue("Invoices", folder="Sales")


def test_without_a_folder_the_only_one_is_taken_or_made(add, emulator):
    assert add.queue("Invoices")["Name"] == "Invoices"
    assert add.queue("Orders")["OrganizationUnitId"] == emulator.sql("SELECT Id FROM Folders")[0][0]
    add.folder("Sales")
    with pytest.raises(ValueError, match=r"several folders: name one of 'Shared', 'Sales'"):
        add.queue("Third")
    with pytest.raises(ValueError, match=r"no folder 'Sale': name one of"):
        add.queue("Third", folder="Sale")


@pytest.mark.parametrize(
    ("value", "kind", "text"), [("x", "Text", "x"), (7, "Integer", "7"), (True, "Bool", "True")]
)
def test_the_type_of_an_asset_is_that_of_its_value(add, value, kind, text):
    asset = add.asset("Url", value)
    assert (asset["ValueType"], asset["Value"]) == (kind, text)


def test_a_credential_keeps_its_password_to_itself(add, emulator):
    assert add.credential("Sap", "u", "p")["CredentialPassword"] is None
    assert emulator.sql("SELECT CredentialPassword FROM Assets") == [("p",)]


def test_one_of_each(add):
    add.process("Bot", version="2.0.1")
    add.process("Bot 2", ProcessKey="Bot", version="2.0.1")
    assert add.job("Bot", {"a": 1})["State"] == "Pending"
    add.queue("Invoices")
    item = add.queue_item("Invoices", {"Number": 7}, reference="INV-7", Priority="High")
    assert (item["Reference"], item["SpecificContent"], item["Priority"]) == ("INV-7", {"Number": 7}, "High")
    assert add.bucket("files")["Name"] == "files"
    assert add.machine("M1")["LicenseKey"]
    assert add.robot("R1")["Type"] == "Unattended"
    assert add.user("ada", Name="Ada")["Name"] == "Ada"


def test_a_workspace_brings_its_user_and_is_nobody_s_only_folder(add, emulator):
    workspace = add.workspace("ada")
    assert (workspace["Name"], workspace["OwnerName"]) == ("ada's workspace", "ada")
    assert add.queue("Invoices")["OrganizationUnitId"] != workspace["Id"]
    assert emulator.sql("SELECT UserName FROM Users") == [("ada",)]
    add.process("Bot", folder=workspace["Id"])
    with pytest.raises(ValueError, match="ada's workspace is already used"):
        add.workspace("ada")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda add: add.queue("Q", EnforceUniqueReferenc=True), "did you mean EnforceUniqueReference"),
        (lambda add: [add.queue("Q"), add.queue("q")], "The name q is already used"),
        (lambda add: add.queue_item("Nowhere"), "does not exist"),
        (lambda add: add.queue("Q" * 51), "maximum length of 50"),
        (lambda add: add.credential("C", "u", ""), "needs a CredentialPassword"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason(add, wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong(add)
