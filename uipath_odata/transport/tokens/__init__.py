"""Access tokens: fetched once for all requests, renewed before they expire, added to each attempt.

``bearer`` is the middleware that adds the token to an attempt and decides what a 401 means. ``tokens`` runs the *exchange*: the
request to the identity server for a token, of which there is one at a time, and for which all requests wait. ``identity`` sends
it. ``auth.token_cache`` says, without I/O, which token is used now and when the next is due.

**States of a client's credentials.**

- *None*: there is no valid token. The next request starts an exchange and waits.
- *Valid*: requests are sent with the token.
- *Due*: the token is valid and expires soon (in five minutes, or in the last fifth of a short life). The next request starts an
  exchange and does not wait.
- *Refused*: Orchestrator answered 401 to this token. Requests wait for the next.
- *Held*: the exchange failed. Nobody asks again for 30 s after a refusal, and for 5 s after an outage.

**Generations.** Each token has a number. A 401 is about the token that its request was sent with, and about older ones. So a late
401 for token *g* repeats the request with *g + 1*, and starts no exchange: a thousand requests that are refused together share
one exchange.

**A 401 that is not about the token.** Orchestrator also answers 401 if the token lacks the operation's scope. The first 401 gets
a fresh token. If that one is refused too, there are two cases. If any token of these credentials was accepted before, the 401 is
this operation's ``Unauthorized``, and the token stays in use for the others. If none was, the credentials are wrong, and all
requests are held for 30 s. The operation is remembered for 30 s, so that a loop over it does not ask the identity server each
time.

**Invariants.** At most one exchange runs. It belongs to no request, and a cancelled request does not end it, because a refresh
token may be used only once. A new refresh token is stored before its access token is used. Tokens are sent only to the base URL
and below, and are removed again before another middleware sees the request. Times are monotonic; the wall clock is not used.

**What it cannot do.** It relies on the lifetime that the identity server states. If the answer with a new refresh token is lost,
the login is over. Two clients of one process share no token.
"""

from __future__ import annotations
