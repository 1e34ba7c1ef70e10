"""Access tokens: fetched once for all requests, renewed ahead of their end, signed onto each attempt.

In this room: ``bearer`` (the middleware that signs an attempt and judges a 401), ``tokens`` (the one exchange that may
run, and who waits for it), ``identity`` (token requests on the wire). Which token is used now and when the next is due
is a value without I/O: ``auth.token_cache``.

**States of a client's credentials.** *None*: no token yet, or none that is valid; the next request starts an exchange
and waits. *Valid*: requests sign and go. *Due*: valid, and its end is near (five minutes, or a fifth of a short life);
the next request starts an exchange and does not wait. *Refused*: Orchestrator answered 401 to this generation; requests
wait for the next. *Held*: the exchange failed; for 30 s after a refusal and 5 s after an outage nobody asks again.

**Generations.** Each token has a number. A 401 counts for the generation that it was sent with and for older ones, so
that a late 401 for token *g* resends with *g + 1* and renews nothing: a thousand requests that are refused at once share
one exchange.

**A 401 that is not about the token.** Orchestrator answers 401 to an operation whose scope the token lacks. The first
401 gets a fresh token. If that one is refused as well: where a token of these credentials was ever accepted, the 401
is this operation's ``Unauthorized``, and the token stays in use for the others; where none was, the credentials are
wrong, and all requests are held for 30 s. The operation is remembered for 30 s, so that a loop over it does not ask the
identity server each time.

**Invariants.** At most one exchange runs; it belongs to no request, and a request that is cancelled leaves it alone,
because a refresh token may be used only once. What an exchange stores, it stores before its token is used. Tokens go
to the base URL and below, and are taken off again before another middleware sees the request. Time is monotonic: the
wall clock has no say.

**What it cannot do.** It does not know a token's end better than the identity server says it. A successor of a refresh
token that is lost on the way back ends the login. Two clients of one process share no token.
"""

from __future__ import annotations
