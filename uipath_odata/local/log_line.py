"""A line of the log, which begins with tenant and folder."""

from __future__ import annotations

import logging

import attrs

__all__ = ["LogPlace", "log_line"]


@attrs.frozen
class LogPlace:
    """Whom a line is about: ``cloud.uipath.com/acme/Default, folder Shared/Finance``."""

    tenant: str
    folder: str | None = None
    via: str | None = None
    """The host that is asked, where it is not the tenant's own."""

    def __str__(self) -> str:
        via = f" via {self.via}" if self.via else ""
        return f"{self.tenant}{via}, {f'folder {self.folder}' if self.folder else 'no folder'}"


def log_line(
    logger: logging.Logger,
    level: int,
    place: LogPlace,
    message: str,
    *values: object,
    error: BaseException | None = None,
    event: object = None,
) -> None:
    """Log a message after its place; the record has ``tenant``, ``folder`` and, where there is one, ``event``."""
    extra = {"tenant": place.tenant, "folder": place.folder} | ({} if event is None else {"event": event})
    logger.log(level, f"%s: {message}", place, *values, exc_info=error, extra=extra, stacklevel=2)  # noqa: G004 - messages are templates
