"""The redirect of a login, pasted from a browser on another machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping

from uipath_odata.auth.login.loopback import answer_in, same_state
from uipath_odata.errors import AuthenticationFailed

__all__ = ["pasted_answer"]


async def pasted_answer(ask: Callable[[str], str], address: str, state: str) -> Mapping[str, str]:
    """Return the answer in the address that a person pastes; wait for ever where nothing is pasted.

    Raise AuthenticationFailed for anything else.
    """
    pasted = (await _in_daemon(ask, address)).strip()
    if not pasted:
        await asyncio.Event().wait()
    answer = answer_in(pasted.partition("?")[2].partition("#")[0])
    if answer is None:
        raise AuthenticationFailed(
            "What was pasted is not the address that the login ends with: log in again, and copy the browser's whole line"
        )
    if not same_state(answer, state):
        raise AuthenticationFailed(
            "What was pasted belongs to another login: log in again, with the address that is shown then"
        )
    return answer


async def _in_daemon(ask: Callable[[str], str], address: str) -> str:
    """Wait for a person without keeping the program alive: Ctrl+C ends it while the thread still reads."""
    loop = asyncio.get_running_loop()
    pasted: asyncio.Future[str] = loop.create_future()

    def tell(text: str | None, error: Exception | None) -> None:
        if pasted.done():
            return
        if error is not None:
            pasted.set_exception(error)
        else:
            pasted.set_result(text or "")

    def work() -> None:
        text, error = None, None
        try:
            text = ask(address)
        except Exception as raised:  # noqa: BLE001 - it is raised where it is awaited
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, text, error)

    threading.Thread(target=work, daemon=True).start()
    return await pasted
