"""Places that fsspec reaches, and what their failures say."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Generator
from typing import Any, Final

from uipath_odata.errors import ExportError, QueryError

__all__ = ["check_scheme", "is_refused", "reaching", "url_to_filesystem"]


_REFUSED: Final = frozenset({409, 412})
"""RFC 9110 §13.1; S3 answers 409 while another write of the same object is under way."""


def url_to_filesystem(url: str, login: str = "") -> tuple[Any, str]:
    """Return the file system of a URL and the path in it; credentials come as fsspec's own implementation takes them.

    ``login`` is the name and password in the URL, which no message shows.
    """
    try:
        core: Any = importlib.import_module("fsspec.core")  # local exports need none of it
        check_scheme(url)
        filesystem, root = core.url_to_fs(url)
    except QueryError:
        raise
    except (ImportError, ValueError) as error:
        raise _failure(
            f"{url} cannot be reached, {error}: install what it needs, or name another place", login
        ) from (None if login else error)
    return filesystem, root.rstrip("/")


@contextlib.contextmanager
def reaching(path: str, login: str = "") -> Generator[None, None, None]:
    """Raise what fails on the way to a place as an ExportError that says what to do."""
    try:
        yield
    except ExportError:
        raise
    except Exception as error:
        failure = _failure(
            f"{path} cannot be reached, {str(error) or type(error).__name__}: correct that, then run the same export "
            "again: it resumes from what is committed",
            login,
        )
        if login:  # which its cause may show
            raise failure from None
        raise failure from error


def is_refused(error: BaseException) -> bool:
    """Tell whether a write was refused because its condition does not hold."""
    answer = dict[str, Any]()
    each: BaseException | None = error
    while each is not None and not answer:
        answer = dict(getattr(each, "response", None) or {})
        each = each.__cause__
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = answer.get("Error", {}).get("Code")
    return isinstance(error, FileExistsError) or status in _REFUSED or code == "NoSuchKey"


def check_scheme(url: str) -> None:
    """Raise QueryError for a URL whose scheme no file system has."""
    scheme = url.partition("://")[0].rpartition("::")[2]
    known: Any = importlib.import_module("fsspec")
    # adlfs makes abfss known where it is installed, its other names are known without it.
    if scheme not in {*known.available_protocols(), "abfss"}:
        raise QueryError(
            f"{scheme} is not a scheme: name a directory, or a place such as s3://bucket/path or abfss://container/path"
        )


def _failure(message: str, login: str) -> ExportError:
    return ExportError(message.replace(login, "") if login else message)
