"""What a client assumes and allows; also kept in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.bounds import EQUALITIES, IN_CHARACTERS, IN_VALUES
from uipath_odata.odata.expr.literals import EnumOrder

__all__ = [
    "SETTLE_LAG",
    "SHARE",
    "Settings",
    "chosen_in",
    "load_settings",
    "save_settings",
    "settings_from",
]

SETTLE_LAG: Final = dt.timedelta(minutes=5)
SHARE: Final = 0.8


_SHORTEST_KEY: Final = 16


def _keys(given: bytes | Sequence[bytes] | None) -> tuple[bytes, ...]:
    keys = () if given is None else (given,) if isinstance(given, bytes) else tuple(given)
    if not all(isinstance(cast("object", key), bytes) and len(key) >= _SHORTEST_KEY for key in keys):
        raise QueryError(
            f"cursor_key holds something else than keys of {_SHORTEST_KEY} bytes or more: make one with secrets.token_bytes(32)"
        )
    return keys


@attrs.frozen(kw_only=True)
class Settings:
    """The choices of one client; with the defaults no row is lost."""

    read_only: bool = False
    """Whether every write is refused before it is sent."""
    require_folder: bool = False
    """Whether a request without a folder is refused where the schema marks one as required."""
    enum_order: EnumOrder = "number"
    """How ``RobotLog.level >= …`` is sent: by quoted number, as clients in the field do, or by name."""
    concurrency: int = 4
    """How many requests of one stream are under way at the same time."""
    window: int = 9_999
    """The highest ``$skip + $top`` of RobotLogs."""
    tie_unit: int = 10_000
    """The coarsest precision that the server may sort RobotLogs by, in ticks of 100 ns."""
    upper_bound: bool | None = None
    """Whether the server honours ``TimeStamp lt``; None: found out where it helps."""
    settle_lag: dt.timedelta = SETTLE_LAG
    """How late a robot's log may arrive: exports end this long before the server's clock."""
    private_storage: bool = False
    """Whether files of buckets may lie in a private network, as on-premises storage does."""
    in_values: int = IN_VALUES
    """The most values of one ``in``; longer lists are read in several requests."""
    in_characters: int = IN_CHARACTERS
    """The most characters of one ``in``."""
    equalities: int = EQUALITIES
    """The most comparisons of one property in a chain of ``or``; longer chains are read in several requests."""
    requests_a_minute: int | None = None
    """The tenant's limit on the lists of Jobs and QueueItems: 1,000 for automation use.

    None: 100 where the limits of Automation Cloud apply, no limit on a standalone Orchestrator.
    """
    queue_items_page: int | None = None
    """How many QueueItems are on a page. None: 100 where the limits of Automation Cloud apply, else 1,000."""
    share: float = SHARE
    """The part of the limit that this program takes; the rest is for other programs of the tenant."""
    even: bool | None = None
    """Whether bulk requests are spaced evenly from the first one on, so that a series of short processes keeps the share.

    None: if ``share`` is below the default, because then other processes take theirs.
    """
    cursor_key: tuple[bytes, ...] = attrs.field(default=(), converter=_keys, repr=False)
    """Signs the cursors of pages: one key, or several: the first signs, all are accepted. It is never written to a file."""


def save_settings(settings: Settings, file: str | Path) -> None:
    """Write the settings that differ from the defaults, as JSON; durations are seconds."""
    import orjson  # noqa: PLC0415 - a client alone, and its URLs, must not pay for it

    layout = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    Path(file).write_bytes(orjson.dumps(chosen_in(settings), option=layout))


def chosen_in(settings: Settings) -> dict[str, Any]:
    """Return the settings that differ from the defaults, as JSON values; durations are seconds. No key is among them."""
    defaults = attrs.asdict(Settings())
    given = attrs.asdict(attrs.evolve(settings, cursor_key=()))
    return {
        name: value.total_seconds() if isinstance(value, dt.timedelta) else value
        for name, value in given.items()
        if value != defaults[name]
    }


def load_settings(file: str | Path) -> Settings:
    """Load settings from a file; omitted ones keep their defaults.

    Raises QueryError if the file does not hold settings, OSError if it cannot be read.
    """
    import orjson  # noqa: PLC0415 - a client alone, and its URLs, must not pay for it

    try:
        values = orjson.loads(Path(file).read_bytes())
    except ValueError as error:
        raise _not_settings(file, error) from None
    return settings_from(values, file)


def settings_from(values: Any, where: object) -> Settings:
    """Return the settings of what `chosen_in` made; raises QueryError, which names ``where``, for anything else."""
    import cattrs  # noqa: PLC0415 - a client alone must not pay for it
    from cattrs.errors import CattrsError, ForbiddenExtraKeysError  # noqa: PLC0415

    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
    converter.register_structure_hook(bool, _truth)
    converter.register_structure_hook(dt.timedelta, _duration)
    try:
        return converter.structure(values, Settings)
    except ForbiddenExtraKeysError as error:
        names = ", ".join(sorted(error.extra_fields))
        raise QueryError(
            f"{where} has settings that this version does not know ({names}): remove them"
        ) from None
    except (CattrsError, ValueError, TypeError, AttributeError) as error:
        raise _not_settings(where, error) from None


def _not_settings(where: object, error: Exception) -> QueryError:
    return QueryError(
        f"{where} does not hold valid settings ({error}): write it with  uipath-odata doctor --save"
    )


def _truth(value: Any, _: type) -> bool:
    if not isinstance(value, bool):  # any text would be true
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _duration(value: Any, _: type) -> dt.timedelta:
    return dt.timedelta(seconds=value)
