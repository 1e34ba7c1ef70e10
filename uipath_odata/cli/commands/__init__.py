"""The commands, their options and their help, one module a command or a group of them; `root` has them all."""

from __future__ import annotations
