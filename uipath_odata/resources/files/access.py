"""How one file of a bucket may be reached: a pre-signed address, or one of Orchestrator's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from uipath_odata.auth.origin import within
from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.odata.rows.json_body import as_array, as_object
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.storage.address import StorageAddress, safe_headers, storage_address

if TYPE_CHECKING:
    from yarl import URL

    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.transport.bodies.file_body import FileBody
    from uipath_odata.transport.bodies.sink import Sink

__all__ = ["Access"]

_PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}
_VERBS = {"GET": ("GET",), "PUT": ("PUT", "POST")}


@attrs.frozen
class Access:
    """What GetReadUri and GetWriteUri answer."""

    address: StorageAddress
    verb: str
    signed_in: bool
    """Whether the address is Orchestrator's and wants the token."""
    headers: Mapping[str, str] = attrs.field(repr=False)

    @classmethod
    def of(cls, answer: Any, verb: str) -> Access:
        """Read the answer to a request for reading (GET) or writing (PUT)."""
        facts = as_object(answer) or {}
        said = str(facts.get("Verb") or verb).upper()
        if said not in _VERBS[verb]:
            raise DecodeError(
                f"the file wants the verb {said[:20]}: check that the bucket's storage is supported"
            )
        return cls(
            storage_address(facts.get("Uri")),
            said,
            facts.get("RequiresAuth") is True,
            safe_headers(_pairs(facts.get("Headers"))),
        )

    async def send(
        self,
        channel: TenantChannel,
        operation: str,
        *,
        body: bytes | FileBody | None = None,
        content_type: str | None = None,
        into: Sink | None = None,
    ) -> Response:
        """Send what the address is for; the token goes along only if the address is Orchestrator's own."""
        request = self._request(operation, body, content_type)
        if self.signed_in:
            return await channel.send(self._own(request, channel.base_url), into)
        return await channel.sender.send_to_storage(self.address, request, into, folder=channel.place.folder)

    def _request(self, operation: str, body: bytes | FileBody | None, content_type: str | None) -> Request:
        types = {name: text for name, text in self.headers.items() if name.lower() == "content-type"}
        return Request(
            method=self.verb,
            path=self.address.url.raw_path,
            headers={name: text for name, text in self.headers.items() if name not in types},
            body=body,
            content_type=next(iter(types.values()), content_type),
            repeatable=self.verb != "POST",
            operation=operation,
            rate_class="storage",
        )

    def _own(self, request: Request, base_url: URL) -> Request:
        """Make it a request to Orchestrator itself; raise QueryError for any other place."""
        url = self.address.url
        if not within(base_url, url):
            raise QueryError(
                f"Orchestrator wants its token sent to {self.address.host}, which is not below the base URL: nothing"
                " was sent; use the address that Orchestrator itself has"
            )
        below = url.raw_path.removeprefix(base_url.raw_path.rstrip("/"))
        headers = {**_PLAIN, **request.headers}
        return attrs.evolve(request, path=below, query=url.raw_query_string, headers=headers)


def _pairs(headers: Any) -> dict[str, str]:
    """Read ``{"Keys": […], "Values": […]}``."""
    facts = as_object(headers) or {}
    keys, values = as_array(facts.get("Keys")) or [], as_array(facts.get("Values")) or []
    if len(keys) != len(values):
        raise DecodeError(
            "the file's headers have no value each: check that the bucket's storage is supported"
        )
    return {
        name: text
        for name, text in zip(keys, values, strict=True)
        if isinstance(name, str) and isinstance(text, str)
    }
