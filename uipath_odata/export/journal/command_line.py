"""The commands that made a lake, as its job says."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from yarl import URL

from uipath_odata.transport.folder_header import folder_name

__all__ = ["commands_of"]

_PLAIN: Final = frozenset(range(0x20, 0x7F)) - frozenset(b"'\\")
_SWEPT: Final = "_ids"
_PART_ROWS: Final = 50_000
_DEFAULT: Final = {"Jobs": "Robot($select=Name),Machine($select=Name)"}
_FILTER: Final = re.compile(r"(?:\((?P<raw>.*)\)(?: and |\Z))?(?:\w+ ge (?P<since>[\d:.TZ-]+))?")
_QUOTED: Final = re.compile(r"'[^']*'")
_RELATED: Final = re.compile(r"(\w+)(?:\(\$select=([\w,]+)\))?(?:,|\Z)")


def commands_of(job: Mapping[str, Any], output: str, mode: int | None = None) -> list[str]:
    """Return the commands that ask for what a job holds, one for all sets that are asked for alike.

    ``mode`` is the rights of its files, where they are not their owner's alone.

    In place of one for a set that only a program can ask for so, a sentence says what no command takes.
    """
    sets: Mapping[str, Mapping[str, Any]] = job["sets"]
    alike, of_programs = dict[tuple[str, ...], list[str]](), list[str]()
    for name, facts in sets.items():
        if name.removesuffix(_SWEPT) in sets and name.endswith(_SWEPT):
            continue
        if beyond := _beyond_commands(facts):
            of_programs.append(f"a program, for no command takes {beyond} of {name}")
            continue
        swept = ("--sweep",) if f"{name}{_SWEPT}" in sets else ()
        alike.setdefault((*_options(name, facts), *swept), []).append(name)
    rights = () if mode is None else ("--mode", f"0{mode:o}")
    end = (*rights, "--format", job["format"], "--output", output)
    commands = [
        " ".join(map(_quoted, ("uipath-odata", "export", *names, *options, *end)))
        for options, names in alike.items()
    ]
    return [*commands, *of_programs]


def _quoted(word: str) -> str:
    """Return a word as a shell reads it; bytes that are not UTF-8, and what a terminal would not show, as escapes."""
    if word.isprintable():
        return shlex.quote(word)
    shown = (chr(byte) if byte in _PLAIN else f"\\x{byte:02x}" for byte in os.fsencode(word))
    return f"$'{''.join(shown)}'"


def _beyond_commands(facts: Mapping[str, Any]) -> str:
    query = dict(URL(facts["url"]).query)
    plain = _RELATED.sub("", query.get("$expand", "")) == ""
    options = ("$orderby", "$top", "$skip", *(() if plain else ("$expand",)))
    return ", ".join(f"{each}={query[each]}" for each in options if each in query)


def _options(name: str, facts: Mapping[str, Any]) -> Iterator[str]:
    yield from _rows(facts)
    yield from _columns(name, dict(URL(facts["url"]).query))
    if facts["partition_by"]:
        yield from ("--partition-by", ",".join(facts["partition_by"]))
    if facts["part_rows"] != _PART_ROWS:
        yield from ("--part-rows", str(facts["part_rows"]))
    if facts.get("timestamps") == "ns":
        yield from ("--timestamps", "ns")
    if "delimiter" in facts:
        yield from ("--delimiter", facts["delimiter"])
    for option, is_chosen in (
        ("--with-details", facts["details"]),
        ("--mirror", facts.get("mirror")),
        ("--raw-csv", facts["raw_csv"]),
        ("--replace-surrogates", facts.get("replace_surrogates")),
    ):
        yield from (option,) if is_chosen else ()
    privacy = facts["privacy"]
    for option in ("drop", "hash"):
        yield from (f"--{option}", ",".join(privacy[option])) if privacy[option] else ()
    yield from ("--include-secrets",) if privacy["include_secrets"] else ()


def _rows(facts: Mapping[str, Any]) -> Iterator[str]:
    one = folder_name(facts["headers"])
    for folder in dict.fromkeys((*((one,) if one else ()), *facts.get("folders", {}).values())):
        yield from ("--folder", folder)
    said = _said(facts)
    for option in ("since", "until", "filter"):
        if value := said[option]:
            yield from (f"--{option}", value)


def _said(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the rows as options: the text of a filter stands in parentheses, with a time of its own after it."""
    until, since, whole = facts.get("until"), facts["since"], facts.get("filter")
    found = _FILTER.fullmatch(whole or "")
    raw = found["raw"] if found else None
    if found is None or (since and found["since"]) or (raw and not _is_one(raw)):
        return {"since": since, "until": until, "filter": whole}
    return {"since": since or found["since"], "until": until, "filter": raw}


def _is_one(text: str) -> bool:
    """Tell whether the parentheses around a text belong together."""
    depth = 0
    for sign in _QUOTED.sub("", text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return True


def _columns(name: str, query: Mapping[str, str]) -> Iterator[str]:
    select, expand = query.get("$select", ""), query.get("$expand", "")
    if not select and expand == _DEFAULT.get(name, ""):
        return
    related = [(found[1], found[2]) for found in _RELATED.finditer(expand)]
    nested = [f"{entity}/{each}" for entity, names in related if names for each in names.split(",")]
    whole = [entity for entity, names in related if not names]
    if names := [*filter(None, select.split(",")), *nested]:
        yield from ("--select", ",".join(names))
    if whole or not expand:
        yield from ("--expand", ",".join(whole) or "none") if not names or whole else ()
