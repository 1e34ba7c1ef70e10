"""Examples in Markdown: found in their fences, run, and held to what they say they print."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import re

FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text, language):
    return [found["code"] for found in FENCE.finditer(text) if found["language"] == language]


async def run(code, names):
    """Run a block, ``await`` at its top level included, and return what it printed."""
    compiled = compile(code, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        finished = eval(compiled, names)
        if inspect.isawaitable(finished):
            await finished
    return printed.getvalue()


def promised(code):
    """The lines ``#> …`` say what is printed."""
    return "".join(f"{line.removeprefix('#> ')}\n" for line in code.splitlines() if line.startswith("#> "))


def first_code(text):
    return next(line for line in text.splitlines() if line and not line.startswith(("import", "from")))
