"""The commands, their options and their help, one module per command or group of commands.

``root`` names all of them and loads the one that runs. ``verify`` also has ``status``; ``login`` also has ``logout`` and
``whoami``. ``recording`` has the options ``emulator --record`` and ``--replay``. ``work`` has the commands that work by name. The
other modules have the names of their commands.
"""

from __future__ import annotations
