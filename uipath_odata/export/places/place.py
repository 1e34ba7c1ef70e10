"""Where an export goes, and where its journal is."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Final

import attrs

from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export.formats import SUFFIX, Format
from uipath_odata.export.formats.compressed import COMPRESSED, Compression
from uipath_odata.export.places.disk import Disk, LocalDisk, file_errors
from uipath_odata.export.places.fenced_disk import unfenced
from uipath_odata.export.places.file_store import FileStore, LocalFileStore, RemoteFileStore
from uipath_odata.export.places.objects import refuse_untested

__all__ = ["JOURNAL_PREFIX", "Place", "place_of", "without_login"]

JOURNAL_PREFIX: Final = "_journal"
"""Where the journal is at a URL."""

_SINGLE: Final[Sequence[Format]] = ("jsonl", "csv")
_OTHER_KINDS: Final = (
    *(
        "json",
        "ndjson",
        "txt",
        "tsv",
        "xls",
        "xlsx",
        "xml",
        "gz",
        "zst",
        "zip",
        "bz2",
        "xz",
        "7z",
        "tar",
        "tgz",
    ),
    *("avro", "orc", "feather", "arrow", "db", "sqlite", "duckdb", "parq", "pq"),
)
_LOGIN: Final = re.compile(r"(?<=//)[^/@]*@")


@attrs.frozen(kw_only=True)
class Place:
    """A directory of parts, here or at a URL that fsspec reaches, or one local file."""

    format: Format
    state: Path = attrs.field(factory=Path)
    """The local directory that has the journal."""
    keeps_journal: bool = False
    """Whether the journal lies at the URL too, so that any machine continues."""
    file: Path | None = None
    """The one file, if it is to be one."""
    compression: Compression | None = None
    """Of the one file."""
    mode: int | None = None
    """The rights of files that are made here; None: they are their owner's alone."""
    url: str | None = None
    """Where finished files go, if not into the directory of the journal."""

    @property
    def name(self) -> str:
        """What to call it, without the password that its URL may have."""
        return without_login(self.url) if self.url else str(self.file or self.state)

    @property
    def journal_name(self) -> str:
        """Where the journal is."""
        return f"{self.name}/{JOURNAL_PREFIX}" if self.keeps_journal else str(self.state)

    @property
    def login(self) -> str:
        """The name and password in its URL, up to the ``@``."""
        found = _LOGIN.search(self.url or "")
        return found[0] if found else ""

    @property
    def growing(self) -> str:
        """The name of the one file while it grows."""
        return f"rows{SUFFIX[self.format]}{COMPRESSED[self.compression] if self.compression else ''}"

    def where(self, entity_set: str) -> str:
        """Say where the rows of a set are, or will be."""
        return str(self.file) if self.file is not None else f"{self.name}/{entity_set}"

    def file_store(self, disk: Disk, check_fence: Callable[[], None] = unfenced) -> FileStore:
        """Reach where finished files go; a remote place is changed only while its journal is held."""
        if self.url is None:
            return LocalFileStore(disk)
        here = getattr(disk, "scratch", None) or LocalDisk(self.state)
        return RemoteFileStore.at(self.url, here, check_fence, is_leased=self.keeps_journal, login=self.login)


def without_login(url: str) -> str:
    """Return a place without the name and password that its URL may have, for messages."""
    return _LOGIN.sub("", url)


def place_of(
    destination: str | PathLike[str],
    format: Format | None,  # noqa: A002 - the word of every exporter
    *,
    single_file: bool | None = None,
    state: str | PathLike[str] | None = None,
) -> Place:
    """Find out what a destination is: a name that ends in .jsonl or .csv is one file, a URL is reached by fsspec.

    After either, .gz and .zst compress the file.

    Raises QueryError for what does not go together.
    """
    target = _target(destination)
    compression, plain = _uncompressed(target)
    known: Format | None = next((each for each in SUFFIX if plain.endswith(SUFFIX[each])), None)
    with file_errors(Path(target)):
        is_directory, is_file = Path(target).is_dir(), Path(target).is_file()
    chosen: Format = format or known or "jsonl"
    if chosen not in SUFFIX:
        raise QueryError(f"format={format!r} is not known: write one of {', '.join(map(repr, SUFFIX))}")
    if not is_directory and not single_file:
        _refuse_other_kinds(target, known, compression)
    may_be_file = single_file is not False and known is not None and not is_directory
    if may_be_file and known != chosen:
        raise QueryError(
            f"{without_login(target)} ends like {known} and format={chosen!r} is another: give the one or the other"
        )
    if "://" not in target and os.path.lexists(target) and not is_directory and not is_file:
        raise ExportError(f"{target} is neither a directory nor a file: name another place")
    is_single = bool(may_be_file and known in _SINGLE if single_file is None else single_file)
    if "://" in target:
        return _remote(target, chosen, state, is_single=is_single)
    if state is not None:
        raise QueryError("state= is for destinations that are URLs: the journal of a local one lies with it")
    return _local(target, chosen, compression, is_file=is_file, is_single=is_single)


def _remote(target: str, chosen: Format, state: str | PathLike[str] | None, *, is_single: bool) -> Place:
    if not without_login(target).partition("://")[2].strip("/"):
        raise QueryError(f"{without_login(target)} names no bucket or path: write it like s3://bucket/path")
    if is_single:
        raise QueryError("one file is written to a local disk only: name a local file, or take parts")
    url = target.rstrip("/")
    if state:
        return Place(format=chosen, url=url, state=Path(state))
    refuse_untested(url)
    return Place(format=chosen, url=url, state=_state_of(target), keeps_journal=True)


def _local(
    target: str, chosen: Format, compression: Compression | None, *, is_file: bool, is_single: bool
) -> Place:
    if not is_single:
        if is_file:
            raise ExportError(f"{target} is a file: name a directory for the parts")
        return Place(format=chosen, state=Path(target))
    if chosen not in _SINGLE:
        raise QueryError(f"{chosen} cannot grow in one file: name a directory, it gets a file for each part")
    file = Path(target)
    return Place(
        format=chosen, file=file, compression=compression, state=file.with_name(f"{file.name}.partial")
    )


def _uncompressed(target: str) -> tuple[Compression | None, str]:
    """Return how a file of this name is compressed, and the name without that."""
    for kind, suffix in COMPRESSED.items():
        if target.endswith(suffix):
            return kind, target.removesuffix(suffix)
    return None, target


def _refuse_other_kinds(target: str, known: Format | None, compression: Compression | None) -> None:
    """Raise QueryError for a name that ends like a file of a kind that exports do not write."""
    if known is None and re.search(rf"\.({'|'.join(_OTHER_KINDS)})\Z", target, re.IGNORECASE):
        raise QueryError(
            f"{without_login(target)} ends like a file of a kind that is not written: end it with .jsonl, .csv, one of these with "
            ".gz or .zst, or with nothing for a directory"
        )
    if compression and known not in _SINGLE:
        raise QueryError(
            f"{without_login(target)}: only .jsonl and .csv files are compressed as a whole: leave out the last ending"
        )


def _target(destination: str | PathLike[str]) -> str:
    target = fspath(destination)
    if isinstance(target, bytes):
        raise QueryError(f"{target!r} is bytes: give a text or a Path, such as os.fsdecode makes")
    if "\0" in target:
        raise QueryError(f"{target!r} holds a NUL, which no file system takes: leave it out")
    try:
        os.fsencode(target)
    except UnicodeEncodeError:
        raise QueryError(
            f"{target!r} holds half a character, which no file system takes: leave it out"
        ) from None
    return target.removeprefix("file://")


def _state_of(url: str) -> Path:
    from platformdirs import user_state_path  # noqa: PLC0415 - local exports need none of it

    digest = hashlib.sha256(without_login(url.rstrip("/")).encode()).hexdigest()[:16]
    return user_state_path("uipath-odata") / "exports" / digest
