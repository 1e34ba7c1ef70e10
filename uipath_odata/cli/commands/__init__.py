"""The commands, their options and their help, one module per command or group of commands.

``root`` names them all and loads the one that runs. ``verify`` also has ``status``, ``login`` also has ``logout`` and
``whoami``; ``recording`` is what ``emulator --record`` and ``--replay`` do. ``work`` has the commands that work by name; the
other modules are named as their commands.
"""

from __future__ import annotations
