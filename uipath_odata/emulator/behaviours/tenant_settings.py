"""The tenant's settings, by name, and those that are single objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.triggers.time_zones import names as zone_names
from uipath_odata.emulator.world import Call, World

_SET = "Settings"
# The settings of a robot's execution that the API guide shows, with the defaults of Studio's documentation.
_EXECUTION_SETTINGS = (
    ("TracingLevel", "Logging Level", "MultipleChoice", "Information"),
    ("StudioNotifyServer", "Allow Development Logging", "Boolean", "true"),
    ("LoginToConsole", "Login To Console", "Boolean", "true"),
    ("ResolutionWidth", "Resolution Width", "Integer", "0"),
    ("ResolutionHeight", "Resolution Height", "Integer", "0"),
    ("ResolutionDepth", "Resolution Depth", "Integer", "0"),
    ("FontSmoothing", "Font Smoothing", "Boolean", "false"),
    ("AutoDownloadProcess", "Auto Download Process", "Boolean", "false"),
)
_LEVELS = ["Verbose", "Trace", "Information", "Warning", "Error", "Critical", "Off"]
LANGUAGES: Mapping[str, str] = MappingProxyType({
    "en": "English", "ja": "日本語", "de": "Deutsch", "es": "español", "es-MX": "español (México)",
    "fr": "français", "ko": "한국어", "pt": "português", "pt-BR": "português (Brasil)", "ru": "русский",
    "tr": "Türkçe", "zh-CN": "中文(中国)",
})  # fmt: skip
"""The languages that Orchestrator's guide names (Localization)."""

_NO_CALENDAR: Mapping[str, Any] = MappingProxyType({"TimeZoneId": "UTC", "ExcludedDates": []})


@answers("Settings_GetLicense")
def license_of_tenant(world: World, call: Call) -> Answer:
    """Return the licence, its dates in epoch seconds."""
    known = singletons.read(world, "License")
    if known is None:
        raise not_found("The license")
    context = f"{call.root}/odata/$metadata#UiPath.Application.Dto.License.LicenseDto"
    return Answer(body={"@odata.context": context} | known)


@answers("Settings_GetById")
def value(world: World, call: Call) -> Answer:
    """Return the value of the setting with this name."""
    found = world.store.find(
        _SET, '"Id" = ? COLLATE NOCASE OR "Name" = ? COLLATE NOCASE', *[call.arguments["key"]] * 2
    )
    if not found:
        raise not_found(f"The setting {call.arguments['key']}")
    return documents.value(call, "Edm.String", found[0]["Value"])


@answers("Settings_PutById")
def put(world: World, call: Call) -> Answer:
    """Set the setting of the path, new or not."""
    sent = body_of(world, call)
    if (sent.get("Name") or "").lower() != call.arguments["key"].lower():
        raise Refusal("The key in the body is not the one of the path.", INVALID_ARGUMENT)
    return _put(world, [sent])


@answers("Settings_UpdateBulk")
def put_several(world: World, call: Call) -> Answer:
    """Set several settings."""
    return _put(world, items(body_of(world, call), "settings"))


@answers("Settings_UpdateUserSetting")
def put_of_user(world: World, call: Call) -> Answer:
    """Set a setting of the current user."""
    return _put(world, [{**body_of(world, call)["setting"], "Scope": "User"}])


@answers("Settings_DeleteBulk")
def delete_several(world: World, call: Call) -> Answer:
    """Remove settings by name; those that are not there are passed over."""
    names = [(name,) for name in items(body_of(world, call), "settingNames")]
    world.store.connection.executemany('DELETE FROM "Settings" WHERE "Name" = ? COLLATE NOCASE', names)
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Settings_GetCalendar")
def calendar(world: World, call: Call) -> Answer:
    """Return the days on which nothing is scheduled."""
    return documents.single(call, "CalendarDto", singletons.read(world, "Calendar") or dict(_NO_CALENDAR))


@answers("Settings_SetCalendar")
def set_calendar(world: World, call: Call) -> Answer:
    """Set the days on which nothing is scheduled."""
    singletons.write(world, "Calendar", dict(_NO_CALENDAR) | body_of(world, call))
    return Answer()


def time_zone(world: World) -> str:
    """Name the tenant's time zone, as Windows does."""
    return str((singletons.read(world, "Calendar") or _NO_CALENDAR)["TimeZoneId"])


@answers("Settings_GetExecutionSettingsConfigurationByScope")
def execution_settings(_: World, call: Call) -> Answer:
    """Say which settings of a robot's execution there are."""
    scope = {"0": "Global", "1": "Robot"}.get(call.arguments["scope"], call.arguments["scope"])
    names = ("Key", "DisplayName", "ValueType", "DefaultValue")
    rows = [dict(zip(names, each, strict=True)) for each in _EXECUTION_SETTINGS]
    shown = [row | {"PossibleValues": _LEVELS if row["Key"] == "TracingLevel" else []} for row in rows]
    return documents.single(call, "ExecutionSettingsConfiguration", {"Scope": scope, "Configuration": shown})


@answers("Settings_GetActivitySettings")
def activities(world: World, call: Call) -> Answer:
    """Say what activities of robots need to know of the server."""
    signal = {"url": f"{call.root}/signalr", "skipNegotiation": False}
    reply = {"ApiVersion": world.schema.version, "SignalR": signal}
    return documents.single(call, "ActivitySettingsDto", reply)


@answers("Settings_GetTimezones")
def time_zones(_: World, call: Call) -> Answer:
    """List the time zones, which have Windows names."""
    rows = [{"Name": name, "Value": name} for name in zone_names()]
    return documents.single(call, "ListResultDtoOfNameValueDto", {"Items": rows})


@answers("Settings_GetLanguages")
def languages(_: World, call: Call) -> Answer:
    """List the languages of the product."""
    rows = [
        {"Name": name, "DisplayName": shown, "Icon": None, "IsDefault": name == "en", "IsDisabled": False}
        for name, shown in LANGUAGES.items()
    ]
    return documents.single(call, "ListResultDtoOfLanguageInfo", {"Items": rows})


def _put(world: World, settings: Iterable[Mapping[str, Any]]) -> Answer:
    for each in settings:
        if not each.get("Name"):
            raise Refusal("The Name field is required.", INVALID_ARGUMENT)
        named = (each["Name"], each["Name"])
        world.store.connection.execute(
            'DELETE FROM "Settings" WHERE "Name" = ? COLLATE NOCASE OR "Id" = ? COLLATE NOCASE', named
        )
        row = {"Scope": "Tenant", **each, "Id": each["Name"]}
        world.store.insert(_SET, [row])
    return Answer()
