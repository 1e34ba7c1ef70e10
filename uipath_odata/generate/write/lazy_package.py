"""Write the ``__init__`` of a package that imports a module when one of its names is first used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import uipath_odata as client
from uipath_odata.generate.write.source import HEADER, importing, vertical

__all__ = ["lazy_package"]

# Type checkers know the names from the imports: to them, __getattr__ would make every other name right too.
_FRAME: Final = '''{header}
"""{about}"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uipath_odata.local.lazy_names import lazy_names

if TYPE_CHECKING:
{imports}

{listed}

{homes}

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _MODULES)

    def __dir__() -> list[str]:
        return [*_MODULES]
'''
# ``import *`` gives none of the names that the client itself has, whichever comes first.
_TAKEN: Final = frozenset(client.__all__)


def lazy_package(about: str, homes: Mapping[str, str]) -> str:
    """Return the text of an ``__init__`` that exports each name from its module."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, module in homes.items():
        # Checkers take an import for a name of the package's own only where ``__all__`` or an alias says so.
        names[module].append(f"{name} as {name}" if name in _TAKEN else name)
    return _FRAME.format(
        header=HEADER,
        about=about,
        imports="\n".join(importing(f".{module}", names[module], "    ") for module in sorted(names)),
        listed=vertical("__all__ = [", (f'"{name}"' for name in homes if name not in _TAKEN), "]"),
        homes=vertical(
            "_MODULES: Final = {", (f'"{name}": "{module}"' for name, module in homes.items()), "}"
        ),
    )
