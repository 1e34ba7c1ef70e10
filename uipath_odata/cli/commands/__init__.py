"""The commands, their options and their help, one module a command or a group of them; ``root`` has them all.

``export`` writes lists to files, ``verify`` also has ``status``, ``login`` also has ``logout`` and ``whoami``; ``doctor`` and
``emulator`` are one command each.
"""

from __future__ import annotations
