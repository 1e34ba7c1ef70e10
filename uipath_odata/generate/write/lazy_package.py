"""Write the ``__init__`` of a package that imports a module when one of its names is first used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from uipath_odata.generate.write.source import HEADER, importing, vertical

__all__ = ["lazy_package"]

# Type checkers know the names from the imports: to them, __getattr__ would make every other name right too.
_FRAME: Final = '''{header}
"""{about}"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
{imports}

{listed}

{homes}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"{{__name__}} has no {{name}}: see dir({{__name__}}) for what there is")
        return getattr(import_module(f"{{__name__}}.{{_MODULES[name]}}"), name)

    def __dir__() -> list[str]:
        return __all__
'''


def lazy_package(about: str, homes: Mapping[str, str]) -> str:
    """Return the text of an ``__init__`` that exports each name from its module."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, module in homes.items():
        names[module].append(name)
    return _FRAME.format(
        header=HEADER,
        about=about,
        imports="\n".join(importing(f".{module}", names[module], "    ") for module in sorted(names)),
        listed=vertical("__all__ = [", (f'"{name}"' for name in homes), "]"),
        homes=vertical(
            "_MODULES: Final = {", (f'"{name}": "{module}"' for name, module in homes.items()), "}"
        ),
    )
