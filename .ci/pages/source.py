"""Write the source of the site into a folder: the README, the guides, and a page of reference for each public module."""

from __future__ import annotations

import pkgutil
import re
import shutil
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from uipath_odata import entities, operations

ROOT = Path(__file__).parents[2]
MODULES = {
    "uipath_odata": "The client",
    "uipath_odata.errors": "Errors",
    "uipath_odata.auth": "Credentials",
    "uipath_odata.export": "Exports",
    "uipath_odata.web": "Web backends",
    "uipath_odata.emulator": "The emulator",
}


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        ROOT / "uipath_odata/docs", folder / "guides", ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    for guide in (folder / "guides").glob("*.md"):
        guide.write_text(_linked(guide.read_text("utf-8")), "utf-8")
    shutil.copy(ROOT / "CHANGELOG.md", folder / "changelog.md")
    shutil.copytree(ROOT / "benchmarks/charts", folder / "benchmarks/charts")
    (folder / "reference").mkdir()
    pages = [_page(folder, module, title, _public(module)) for module, title in MODULES.items()]
    sets = [_generated_page(folder, module) for module in _modules(operations)]
    rows = [_generated_page(folder, module) for module in _modules(entities)]
    (folder / "reference.md").write_text(
        "# Reference\n\n"
        + _contents(pages, "Modules")
        + _contents(sets, "Entity sets and their operations")
        + _contents(rows, "Entities")
    )
    (folder / "index.md").write_text(_home())


def _linked(text: str) -> str:
    """Return a guide with a link where it names others, as in "the guide `nights`", by which a terminal shows them."""
    named = re.compile(r"guides? (?:`[a-z-]+`(?:, | and )?)+")
    return named.sub(lambda found: re.sub(r"`([a-z-]+)`", r"[\1](\1.md)", found[0]), text)


def _public(module: str) -> list[str]:
    """Return what a module makes public, each name only on the page of its own package."""
    names = import_module(module).__all__
    elsewhere = {
        name for other in MODULES if other.startswith(f"{module}.") for name in import_module(other).__all__
    }
    return [name for name in names if name not in elsewhere]


def _page(folder: Path, module: str, title: str, names: list[str]) -> str:
    """Write what a module makes public, each name by Sphinx's autodoc; return the page's path."""
    public = "\n".join(_described(module, name) for name in names)
    path = f"reference/{module.removeprefix('uipath_odata.')}"
    (folder / f"{path}.md").write_text(f"# {title}\n\n```{{eval-rst}}\n{public}\n```\n")
    return path


def _described(module: str, name: str) -> str:
    """Return the directive for a name, whose attributes stand either in its docstring or each for itself."""
    found = getattr(import_module(module), name)
    directive = "autoclass" if isinstance(found, type) else "autofunction" if callable(found) else "autodata"
    options = "\n   :no-members:" if "\n    Attributes:" in (found.__doc__ or "") else ""
    return f".. {directive}:: {module}.{name}{options}\n"


def _modules(package: ModuleType) -> list[str]:
    return [f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__)]


def _generated_page(folder: Path, module: str) -> str:
    """Write the classes that a generated module defines."""
    defined = vars(import_module(module)).values()
    names = [found.__name__ for found in defined if isinstance(found, type) and found.__module__ == module]
    return _page(folder, module, module.rpartition(".")[2].replace("_", " ").capitalize(), names)


def _contents(paths: list[str], caption: str) -> str:
    listed = "\n".join(f"/{path}" for path in paths)
    return f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n{listed}\n```\n\n"


def _home() -> str:
    """Return the README with its links led to the pages of the site, and the guides in the README's groups."""
    readme = (ROOT / "README.md").read_text("utf-8")
    readme = re.sub(r"\]\(uipath_odata/docs/", "](guides/", readme)
    readme = re.sub(r"(?<!!)\[([^\]]+)\]\((?:benchmarks|tests)/[^)]*\)", r"\1", readme)
    listed = readme.partition("## Guides")[2].partition("\n## ")[0]
    groups = re.findall(r"^- (\w+): (.*?)(?=^- |\Z)", listed, re.DOTALL | re.MULTILINE)
    groups.append(("Develop", "(guides/maintaining.md)"))
    trees = [_contents(re.findall(r"\((guides/[\w-]+)\.md", links), name) for name, links in groups]
    trees.append(_contents(["reference", "changelog"], "Look up"))
    return readme + "\n" + "".join(trees).replace(":maxdepth: 1", ":maxdepth: 1\n:hidden:")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
