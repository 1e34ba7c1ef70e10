"""The one list of properties that hold secrets, reviewed for the whole schema.

Evidence: their names and descriptions in Orchestrator's OpenAPI document, and where it hands out passwords, keys and
pre-signed addresses. A test walks the schema and fails for a property that sounds secret and was not reviewed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["ADDRESSES", "CHANGED", "KEPT", "NAMES", "SECRETS", "TEXTS", "sounds_secret"]

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
"""By entity, the properties that ``repr`` hides, exports leave out, and a replacement never fills with a mask."""

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "AuditLog": ("Parameters",),
    "AuditLogEntity": ("CustomData",),
}
"""By entity, the JSON texts that hold other entities as they were: secrets are looked for inside by name."""

ADDRESSES: Final[Mapping[str, tuple[str, ...]]] = {"Webhook": ("Url",)}
"""By entity, the addresses whose path or query may let anyone call them."""

# The guide to Robots, "Edit a robot": the same user and an empty password leave the password as it is.
KEPT: Final[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
    ("ExtendedRobot", "Robot", "RobotWithLicense", "RobotsFromFolderModel", "SimpleRobot"), ("Password",)
)
"""By entity, the secrets that a replacement without them leaves as they are."""

NAMES: Final = frozenset(name.lower() for names in SECRETS.values() for name in names)

CHANGED: Final = frozenset({"oldvalue", "newvalue"})
"""In texts of audit logs, what any property was and became."""

_SOUND: Final = re.compile(
    r"passw|pwd|secret|credential|connection_?string|token|(licen[cs]e|private|api|access|account|shared)_?key|signature"
    r"|\Asas\Z|sas_?(token|ur[il])|shared_?access",
    re.IGNORECASE,
)


def sounds_secret(name: str) -> bool:
    """Say whether a name is like those of secrets."""
    return _SOUND.search(name) is not None
