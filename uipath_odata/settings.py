"""What a client assumes and allows, where facts of one deployment differ from another's."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from uipath_odata.odata.bounds import EQUALITIES, IN_CHARACTERS, IN_VALUES
from uipath_odata.odata.expr.enum_order import EnumOrder

__all__ = ["SETTLE_LAG", "Settings"]

SETTLE_LAG: Final = dt.timedelta(minutes=5)


@attrs.frozen(kw_only=True)
class Settings:
    """The choices of one client; the defaults are those under which no row is lost.

    ``read_only`` refuses every write before any I/O. ``require_folder`` refuses requests without a folder where
    the schema marks one as required. ``enum_order`` is how ``RobotLog.level >= …`` is sent: by quoted number, as
    clients in the field do, or by name. ``window`` is the highest ``$skip + $top`` of RobotLogs, and ``tie_unit``
    the coarsest precision, in ticks of 100 ns, that RobotLogs may be sorted by. ``upper_bound`` says whether they
    honour ``TimeStamp lt``; None finds it out where that helps. ``settle_lag`` is how long a robot's log may take to
    arrive: exports end so long before the server's clock. ``requests_a_minute`` is what
    UiPath documents for a tenant's lists of Jobs and QueueItems (1,000 where the use counts as automation), and
    ``share`` the part of it that this program takes: what others of the tenant need is left to them.
    One request carries ``in_values`` of ``in_characters`` in one ``in``, and ``equalities`` of one property in a
    chain of ``or``; longer lists are read in several.
    """

    read_only: bool = False
    require_folder: bool = False
    enum_order: EnumOrder = "number"
    concurrency: int = 4
    window: int = 9_999
    tie_unit: int = 10_000
    upper_bound: bool | None = None
    settle_lag: dt.timedelta = SETTLE_LAG
    private_storage: bool = False
    """Whether files of buckets may lie in a private network, as on-premises storage does."""
    in_values: int = IN_VALUES
    in_characters: int = IN_CHARACTERS
    equalities: int = EQUALITIES
    requests_a_minute: int = 100
    share: float = 0.8
