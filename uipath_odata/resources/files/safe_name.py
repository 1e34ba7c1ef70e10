"""Make a name that a server chose safe: a plain file in one folder, on every file system."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["safe_name"]

# Windows refuses these, POSIX the slash and NUL.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# Control, format (also those that reverse the text), surrogate, private and unassigned; line and paragraph ends.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Devices, whatever follows them; Windows takes superscript digits, too.
_DEVICE: Final = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?=\.|$)")
# ext4, NTFS and APFS; room is left for the names of files that are not whole yet.
_LONGEST: Final = 200
_LONGEST_SUFFIX: Final = 20


def safe_name(given: str) -> str:
    """Return the last part of a path as a name without anything that leads elsewhere, hides or means a device."""
    last = re.split(r"[/\\]", given.rstrip("/\\"))[-1]
    shown = "".join("_" if unicodedata.category(each) in _INVISIBLE else each for each in last)
    # Full-width slashes and dots become plain ones; what is forbidden is looked for afterwards.
    plain = _FORBIDDEN.sub("_", unicodedata.normalize("NFKC", shown)).rstrip(". ").lstrip(" ")
    if not plain.strip("._ "):
        return "_"
    # A leading dot hides a file, and a dash makes it an option; Windows knows devices by these names.
    risky = plain[0] in ".-~" or _DEVICE.match(plain)
    return _shortened(f"_{plain}" if risky else plain)


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, dot, suffix = name, "", ""
    room = _LONGEST - len(f"{dot}{suffix}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + suffix
