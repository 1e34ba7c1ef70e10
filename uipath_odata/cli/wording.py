"""Messages in the words of the command line: options and variables instead of arguments."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["as_keys", "as_options"]

_OPTIONS: Final = (
    *(
        "accept_lost_folders",
        "all_folders",
        "allow_shrink",
        "ca_file",
        "check",
        "concurrency",
        "delimiter",
        "expand",
        "filter",
        "final_after",
        "folder",
        "format",
        "hash",
        "look_back",
        "metrics",
        "mirror",
        "mode",
        "overwrite",
        "page_size",
        "parallel",
        "part_rows",
    ),
    *(
        "partition_by",
        "raw_csv",
        "reference_column",
        "replace_surrogates",
        "report",
        "select",
        "single_file",
        "since",
        "state",
        "table",
        "timestamps",
        "trust_env",
        "until",
        "with_details",
    ),
)
_VARIABLES: Final = {
    "client_secret": "UIPATH_CLIENT_SECRET",
    "scope": "UIPATH_SCOPE",
    "token_url": "UIPATH_TOKEN_URL",
    "user_key": "UIPATH_USER_KEY",
}
_METHODS: Final = {
    ".select()": "--select",
    ".filter()": "--filter",
    "raw_filter": "--filter ",
    "reference=None": "--no-reference",
    'orchestrator.folder("Shared/Finance")': "--folder Shared/Finance",
}
_FLAGS: Final = frozenset(
    {
        "accept_lost_folders",
        "all_folders",
        "mirror",
        "overwrite",
        "raw_csv",
        "replace_surrogates",
        "single_file",
        "trust_env",
        "with_details",
    }
)

_ARGUMENT: Final = re.compile(
    rf"(?<![\w.-])({'|'.join((*_OPTIONS, *_VARIABLES))})=(?:(['\"])(.*?)\2|([^\s,;:()'\"]*))"
)
_NAME: Final = re.compile(
    rf"(?<![\w.-])({'|'.join(name for name in (*_OPTIONS, *_VARIABLES) if '_' in name)})(?![\w=])"
)


def as_options(message: str) -> str:
    """Return a message with ``--page-size 5`` for ``page_size=5``, and ``UIPATH_TOKEN_URL`` for ``token_url=``."""
    for method, option in _METHODS.items():
        message = message.replace(method, option)
    return _NAME.sub(lambda found: _word(found[1]), _ARGUMENT.sub(_argument, message))


def as_keys(message: str) -> str:
    """Return a message as it is: the keys of a run file are the arguments of the library."""
    return message


def _argument(found: re.Match[str]) -> str:
    value = found[3] if found[2] else found[4]
    takes_value = value and found[1] not in _FLAGS and found[1] not in _VARIABLES
    return f"{_word(found[1])} {value}" if takes_value else _word(found[1])


def _word(name: str) -> str:
    return _VARIABLES.get(name) or f"--{name.replace('_', '-')}"
