"""The properties that hold secrets, reviewed one by one over the whole schema.

Evidence: their names and descriptions in Orchestrator's OpenAPI document, and where it hands out passwords, keys and
pre-signed addresses. A test walks the schema and fails for a property that sounds secret and was not reviewed.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Mapping
from typing import Final

from uipath_odata.odata.entity import Collection, Entity, Navigation, properties

__all__ = ["NAMES", "SECRETS", "TEXTS", "is_secret", "reaches_secrets", "related", "sounds_secret"]

_OF_ASSETS: Final = (
    "Value",
    "StringValue",
    "BoolValue",
    "IntValue",
    "CredentialUsername",
    "CredentialPassword",
    "SecretValue",
    "KeyValueList",
)
_OF_MACHINES: Final = ("LicenseKey", "ClientSecret")
_OF_ROBOTS: Final = ("LicenseKey", "Password")

SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    "Asset": _OF_ASSETS,
    "AssetRobotValue": _OF_ASSETS,
    "AssetUserValue": _OF_ASSETS,
    "UserAsset": (*_OF_ASSETS[1:], "ConnectionData"),
    "CustomKeyValuePair": ("Value",),
    "CredentialsConnectionData": ("url", "body", "bearerToken"),
    "CredentialStore": ("AdditionalConfiguration",),
    "Bucket": ("StorageParameters", "Password"),
    "BucketCreatedEvent": ("storageParameters",),
    "BucketDeletedEvent": ("storageParameters",),
    "BucketUpdatedEvent": ("storageParameters",),
    # A pre-signed address opens the file for whoever has it.
    "BlobFileAccess": ("Uri", "Headers"),
    "ResponseDictionary": ("Values",),
    "CloudTemplate": _OF_MACHINES,
    "ExtendedMachine": _OF_MACHINES,
    "Machine": _OF_MACHINES,
    "MachineFolder": _OF_MACHINES,
    "ExtendedRobot": _OF_ROBOTS,
    "Robot": _OF_ROBOTS,
    "RobotWithLicense": _OF_ROBOTS,
    "RobotsFromFolderModel": _OF_ROBOTS,
    "SimpleRobot": _OF_ROBOTS,
    "UnattendedRobot": ("Password",),
    "SimpleUser": ("Password",),
    "User": ("Password",),
    "Tenant": ("AdminPassword",),
    "SmtpSettingModel": ("Password",),
    # Any setting is in this list, the passwords of mail servers too.
    "Settings": ("Value",),
    "NameValue": ("Value",),
    "KeyValuePairOfStringString": ("Value",),
    "License": ("Code", "SubscriptionCode"),
    "Webhook": ("Secret",),
}
"""By entity, the properties that are left out."""

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "AuditLog": ("Parameters",),
    "AuditLogEntity": ("CustomData",),
}
"""By entity, the JSON texts that hold other entities as they were: secrets are looked for inside by name."""

NAMES: Final = frozenset(name.lower() for names in SECRETS.values() for name in names)

_SOUND: Final = re.compile(
    r"passw|pwd|secret|credential|connection_?string|token|(licen[cs]e|private|api|access)_?key|signature",
    re.IGNORECASE,
)


def is_secret(entity: type[Entity] | None, name: str) -> bool:
    """Say whether a member of an entity is left out; of those that the schema does not know, by how they sound."""
    if entity is None:
        return False
    lower = name.lower()
    if any(lower == secret.lower() for base in entity.__mro__ for secret in SECRETS.get(base.__name__, ())):
        return True
    known = {member.wire.lower() for member in properties(entity).values()}
    return lower not in known and sounds_secret(name)


def sounds_secret(name: str) -> bool:
    """Say whether a name is like those of secrets."""
    return _SOUND.search(name) is not None


def related(entity: type[Entity] | None, name: str) -> type[Entity] | None:
    """Return the entity that a navigation property or collection leads to."""
    for member in properties(entity).values() if entity else ():
        if member.wire.lower() == name.lower() and typing.get_origin(member.annotation) in (
            Navigation,
            Collection,
        ):
            return typing.cast("type[Entity]", member.argument)
    return None


@functools.cache
def reaches_secrets(entity: type[Entity]) -> bool:
    """Say whether the schema allows a secret in an entity or in anything nested in it."""
    seen: set[type[Entity]] = set()
    waiting = [entity]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if any(base.__name__ in {*SECRETS, *TEXTS} for base in one.__mro__):
            return True
        nested = [related(one, member.wire) for member in properties(one).values()]
        waiting.extend(found for found in nested if found is not None)
    return False
