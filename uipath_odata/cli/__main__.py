"""The command ``uipath-odata``, also as ``python -m uipath_odata.cli``."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import Final

from uipath_odata.cli.standard_streams import hold_standard_streams, silence

__all__ = ["main"]

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_EXTRAS: Final = frozenset({"click", "filelock", "keyring", "odata_query", "platformdirs", "rich"})


def main() -> None:
    """Run the command; without its extras, say which to install."""
    hold_standard_streams()
    try:
        import_module("uipath_odata.cli.commands.root").uipath_odata(prog_name="uipath-odata")
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        silence(1)
        sys.exit(
            f"uipath-odata: standard output cannot be written, {error.strerror}: correct that, and run it again"
        )
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRAS:
            raise
        sys.exit(
            f"uipath-odata: {missing} is not installed: run  pip install 'uipath-odata[cli,emulator,login]'"
        )


if __name__ == "__main__":
    main()
