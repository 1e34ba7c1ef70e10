"""Settings in a file, so that what was found about a tenant once is known to every program."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import cattrs
import orjson
from cattrs.errors import CattrsError, ForbiddenExtraKeysError

from uipath_odata.errors import QueryError
from uipath_odata.settings import Settings

__all__ = ["load_settings", "save_settings"]


def save_settings(settings: Settings, file: str | Path) -> None:
    """Write the settings that differ from the defaults, as JSON; durations are seconds."""
    defaults = attrs.asdict(Settings())
    chosen = {name: value for name, value in attrs.asdict(settings).items() if value != defaults[name]}
    layout = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    Path(file).write_bytes(orjson.dumps(chosen, default=dt.timedelta.total_seconds, option=layout))


def load_settings(file: str | Path) -> Settings:
    """Read settings; what the file leaves out keeps its default. Raises QueryError for what is none."""
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
    converter.register_structure_hook(bool, _truth)
    converter.register_structure_hook(dt.timedelta, _duration)
    try:
        return converter.structure(orjson.loads(Path(file).read_bytes()), Settings)
    except ForbiddenExtraKeysError as error:
        names = ", ".join(sorted(error.extra_fields))
        raise QueryError(
            f"{file} has settings that this version does not know ({names}): remove them"
        ) from None
    except (CattrsError, ValueError, TypeError, AttributeError) as error:
        raise QueryError(
            f"{file} holds no settings ({error}): write it with  uipath-odata doctor --save"
        ) from None


def _truth(value: Any, _: type) -> bool:
    if not isinstance(value, bool):  # any text would be true
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _duration(value: Any, _: type) -> dt.timedelta:
    return dt.timedelta(seconds=value)
