"""Start ``uipath-odata`` again and again, each time in a process of its own, without importing all of it again.

Lines of standard input are JSON lists of arguments. For each, its process id is printed, and then how it ended.
"""

from __future__ import annotations

import json
import os
import sys

import uipath_odata.cli.commands.compact
import uipath_odata.cli.commands.export
import uipath_odata.cli.commands.verify
from uipath_odata.cli.commands.root import uipath_odata


def run(arguments):
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    try:
        uipath_odata(arguments, prog_name="uipath-odata")
    except SystemExit as end:
        return end.code or 0
    return 0


def tell(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os._exit(run(json.loads(line)))
    tell(child)
    _, ended = os.waitpid(child, 0)
    tell(os.waitstatus_to_exitcode(ended))
