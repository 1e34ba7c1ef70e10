"""Where a next link may lead: never out of the service that it came from, because the token goes with it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from yarl import URL

from uipath_odata.errors import NotProven

__all__ = ["follow"]

# RFC 3986, 2: printable ASCII only, and no backslash, which servers read as a slash.
_FORBIDDEN: Final = re.compile(r"[^\x21-\x7e]|\\")


def follow(service_root: URL, link: str) -> URL:
    """Resolve a next link, absolute or relative to the service root (``…/odata/``), without encoding it again.

    Raises NotProven if it leaves the root's scheme, host, port or path (OData 4.0 JSON, 4.5.5 lets it be relative).
    """
    root = service_root if service_root.path.endswith("/") else service_root / ""
    try:
        url = root.join(URL(link, encoded=True))
        inside = not _FORBIDDEN.search(link) and _place(url) == _place(root) and _below(root, url)
    except ValueError:
        inside, url = False, root
    if not inside:
        raise NotProven(f"The server's next link leaves {root.host}{root.path}: ask its administrator why")
    return url.with_fragment(None)


def _place(url: URL) -> tuple[str, str, int | None, str | None, str | None]:
    # yarl's origin() tells :443 from no port; the tuple does not.
    return url.scheme.lower(), (url.raw_host or "").lower(), url.port, url.raw_user, url.raw_password


def _below(root: URL, url: URL) -> bool:
    segments = unquote(url.raw_path).split("/")
    return url.raw_path.startswith(root.raw_path) and ".." not in segments and "." not in segments
