"""Serve the emulator and say how to use it."""

from __future__ import annotations

from typing import Final

import click

from uipath_odata.emulator import Emulator, serve

__all__ = ["serve_until_interrupted"]

_WELCOME: Final = """\
A local Orchestrator is listening; Ctrl-C ends it.

  base URL   {base_url}
  token URL  {token_url}
  client id  {client_id}
  user key   {user_key}

Try it in another terminal:

  export UIPATH_URL={base_url}
  export UIPATH_TOKEN_URL={token_url}
  export UIPATH_CLIENT_ID={client_id} UIPATH_USER_KEY={user_key}
  uipath-odata export RobotLogs --output logs.jsonl
"""


async def serve_until_interrupted(port: int, seed: str, *, samples: bool) -> None:
    """Serve until cancelled."""
    await serve(Emulator(port=port, seed="demo" if seed == "demo" else None, samples=samples), _welcome)


def _welcome(emulator: Emulator) -> None:
    addresses = {"base_url": emulator.base_url, "token_url": emulator.token_url}
    tokens = emulator.tokens
    click.echo(_WELCOME.format(**addresses, client_id=tokens.client_id, user_key=tokens.user_key))
