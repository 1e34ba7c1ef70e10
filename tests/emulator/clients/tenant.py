"""The tenant that the clients of others are tried on."""

from __future__ import annotations

FOLDER = "Shared/Finance"


def fill(emulator) -> dict[str, str]:
    """Fill an empty emulator, and return what clients find in their environment."""
    add = emulator.add
    folder = add.folder(FOLDER)
    user = add.user("ada", EmailAddress="ada@acme.com")
    add.workspace("ada")
    add.asset("Url", "https://acme", folder=FOLDER)
    add.credential("Sap", "u", "p", folder=FOLDER, AllowDirectApiAccess=True)
    add.asset("Token", "", folder=FOLDER, ValueType="Secret", SecretValue="s", StringValue=None)
    add.bucket("files", folder=FOLDER)
    add.process("Bot", folder=FOLDER)
    queue = add.queue("Invoices", folder=FOLDER)
    robot = "11111111-2222-3333-4444-555555555555"
    made = add.robot("Robbie", folder=FOLDER, LicenseKey=robot, UserId=user["Id"])
    machine = add.machine("M1")
    schedule = {
        "Id": 1,
        "Name": "Nightly",
        "Enabled": True,
        "ReleaseId": 1,
        "ReleaseName": "Bot",
        "StartProcessCron": "0 0 2 * * ? *",
        "TimeZoneId": "UTC",
    }
    emulator.insert("ProcessSchedules", [schedule], folder=folder["Id"])
    emulator.insert("Roles", [{"Id": 1, "Name": "Everything", "Type": "Folder"}])
    emulator._store.connection.execute(
        "INSERT INTO _folder_users VALUES (?, ?, 1)", (folder["Id"], user["Id"])
    )
    item = add.queue_item("Invoices", {"Number": 1}, folder=FOLDER)
    keys = {
        "ITEM": item,
        "FOLDER": folder,
        "USER": user,
        "QUEUE": queue,
        "ROBOT": made,
        "MACHINE": machine,
        "SCHEDULE": schedule,
    }
    return {
        **emulator.environ,
        **{f"EMULATOR_{name}": str(row["Id"]) for name, row in keys.items()},
        "EMULATOR_ORIGIN": emulator.url.partition("/acme")[0],
        "UIPATH_ROBOT_KEY": robot,
        **mcp_server(emulator),
    }


def mcp_server(emulator) -> dict[str, str]:
    """Return the settings by which the MCP server finds the emulator, once and in silence."""
    return {
        "AUTH_MODE": "pat",
        "UIPATH_BASE_URL": emulator.base_url,
        "UIPATH_PAT": emulator.tokens.personal_access_token,
        "UIPATH_TENANT_NAME": emulator.tenant,
        "LOG_LEVEL": "ERROR",
        "RETRY_MAX_ATTEMPTS": "1",
    }
