"""What Robots can do beyond being stored."""

from __future__ import annotations

from http import HTTPStatus

import attrs

from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "Robots"


@answers("Robots_GetRobotsForProcessByProcessid")
def able_to_run(world: World, call: Call) -> Answer:
    """List the robots of the folders that have a process of the package."""
    folders = f'SELECT {FOLDER} FROM "Releases" WHERE "ProcessKey" = ?'  # noqa: S608 - a column of ours
    return listing(world, call, Sql(f"t.{FOLDER} IN ({folders})", (call.arguments["processId"],)))


@answers("Robots_FindAllAcrossFolders")
def across_folders(world: World, call: Call) -> Answer:
    """List the robots of all folders."""
    return listing(world, attrs.evolve(call, folder=None))


@answers("Robots_GetFolderRobotsByFolderidAndMachineid")
def of_folder(world: World, call: Call) -> Answer:
    """List the robots of the folder and, if it is not 0, of the machine in the path."""
    folder, machine = int(call.arguments["folderId"]), int(call.arguments["machineId"])
    on_machine = Sql('(? = 0 OR t."MachineId" = ?)', (machine, machine))
    return listing(world, attrs.evolve(call, folder=folder), on_machine)


@answers("Robots_GetMachineNameToLicenseKeyMappings")
def license_keys(world: World, call: Call) -> Answer:
    """Return the licence key of each machine by its name."""
    rows = world.store.find("Machines", 'TRUE ORDER BY "Name"')
    pairs = [{"Key": row["Name"], "Value": row["LicenseKey"]} for row in rows]
    return documents.value(call, "Collection(KeyValuePairOfStringString)", pairs)


@answers("Robots_ToggleEnabledStatus")
def toggle(world: World, call: Call) -> Answer:
    """Switch robots on or off."""
    sent = body_of(world, call)
    for robot in sent["robotIds"]:
        existing(world, _SET, robot, call.folder)
        world.store.change(_SET, robot, {"Enabled": bool(sent.get("enabled"))})
    return Answer()


@answers("Robots_ConvertToFloating")
def convert_to_floating(world: World, call: Call) -> Answer:
    """Free a robot from its machine."""
    robot = existing(world, _SET, body_of(world, call).get("robotId"), call.folder)["Id"]
    world.store.change(_SET, robot, {"HostingType": "Floating", "MachineId": None, "MachineName": None})
    return Answer()


@answers("Robots_DeleteBulk")
def delete_several(world: World, call: Call) -> Answer:
    """Remove the robots with these Ids; those that do not exist are passed over."""
    robots = [(robot,) for robot in body_of(world, call)["robotIds"]]
    world.store.connection.executemany('DELETE FROM "Robots" WHERE "Id" = ?', robots)
    return Answer(HTTPStatus.NO_CONTENT)


answers("Robots_GetConfiguredRobots")(listing)
