"""What a client assumes and allows, where facts of one deployment differ from another's."""

from __future__ import annotations

import attrs

from uipath_odata.odata.render import EnumOrder

__all__ = ["Settings"]


@attrs.frozen(kw_only=True)
class Settings:
    """The choices of one client; the defaults are those under which no row is lost.

    ``read_only`` refuses every write before any I/O. ``require_folder`` refuses requests without a folder where
    the schema marks one as required. ``enum_order`` is how ``RobotLog.level >= …`` is sent: by quoted number, as
    clients in the field do, or by name. ``window`` is the highest ``$skip + $top`` of RobotLogs, and ``tie_unit``
    the coarsest precision, in ticks of 100 ns, that RobotLogs may be sorted by.
    """

    read_only: bool = False
    require_folder: bool = False
    enum_order: EnumOrder = "number"
    concurrency: int = 4
    window: int = 9_999
    tie_unit: int = 10_000
