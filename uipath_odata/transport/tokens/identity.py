"""Requests to identity servers: retried like others, but sent without a token and without waiting for a slot."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

import attrs
from yarl import URL

from uipath_odata.auth.flows.grant import TokenAnswer, TokenRequest
from uipath_odata.auth.origin import check_origin, read_url
from uipath_odata.errors import ConnectionFailed, OutcomeUnknown
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.chain import Chain
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.progress import Progress, RetryContext
from uipath_odata.transport.tokens.bearer import without_token

if TYPE_CHECKING:
    from uipath_odata.transport.pool import Pool

__all__ = ["Identity"]

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "uipath-odata"}
_BUSY = frozenset({407, 408, 429})


@attrs.frozen(eq=False, repr=False)
class Identity:
    """Post token requests; ``context`` is a budget of its own, so that an outage there costs nothing here."""

    pool: Pool
    context: RetryContext
    tenant: str
    """Whom the tokens are for, in the log."""

    async def post(self, asked: TokenRequest, /) -> TokenAnswer:
        """Return the answer that stands; an error never repeats what the identity server said."""
        url = check_origin(read_url(asked.url))
        progress = Progress(_request(asked, url), url, self.context, LogPlace(self.tenant, via=url.host))
        queue = self.pool.budgets.queue(str(url.origin()), progress.request.rate_class)
        chain = Chain(self.pool, self.pool.session, _HEADERS, lambda _bulk: nullcontext())
        host, answer = str(url.host), None
        with suppress(OutcomeUnknown):
            answer = await chain.send(progress, queue, without_token)
        if answer is None:
            raise ConnectionFailed(
                f"The identity server {host} did not answer, and a password is not sent twice: try again later"
            )
        if answer.status in _BUSY or answer.status // 100 not in {2, 4}:
            raise ConnectionFailed(
                f"The identity server {host} answered HTTP {answer.status}: try again later,"
                " and check token_url if it stays"
            )
        return TokenAnswer(host, answer.status, answer.body)


def _request(asked: TokenRequest, url: URL) -> Request:
    return Request(
        method="POST",
        path=url.raw_path,
        body=asked.body,
        content_type=asked.content_type,
        repeatable=asked.repeatable,
        operation="token",
        rate_class="identity",
    )
