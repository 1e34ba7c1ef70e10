"""Write what hover and ``help()`` say: a sentence, what a call needs, and the arguments or attributes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from uipath_odata.generate.decide.method import Argument, Body, Method

__all__ = ["attribute_docstring", "docstring", "listed", "method_docstring"]

_WIDTH: Final = 110
_KIND_SENTENCES: Final = {
    "list": "Return the set asked with these parameters, which are not options of OData",
    "create": "Create an entity",
    "get": "Return one entity by its key",
    "replace": "Replace an entity whole",
    "update": "Change single properties of an entity",
    "delete": "Delete an entity",
}
_KIND_NOTES: Final = {
    "create": "What is None is not sent.",
    "replace": "What is None is not sent.",
    "update": "Sends exactly what is given, None included: attributes, or a dict with wire names.",
}
_KIND_ARGUMENTS: Final = {
    "create": (("entity", "what to create, or a dict of it with wire names"),),
    "replace": (("entity", "what takes its place, or a dict of it with wire names"),),
    "update": (("changes", "changes by their wire names"), ("**fields", "changes by their attributes")),
}


def docstring(indent: str, *parts: str) -> str:
    """Return a docstring of the parts that are not empty, with a blank line between; each ends with a full stop."""
    first, *rest = (_escaped(part.rstrip(".") + ".") for part in parts if part)
    lines = [first]
    for part in rest:
        lines += ["", *(f"{indent}{line}".rstrip() for line in part.split("\n"))]
    end = f"\n{indent}" if len(lines) > 1 else ""
    return f'{indent}"""' + "\n".join(lines) + f'{end}"""'


def method_docstring(indent: str, method: Method) -> str:
    """Return the docstring of a method: what the caller gets, what the call needs, and the arguments."""
    return docstring(
        indent,
        _sentence(method),
        textwrap.fill(
            " ".join(filter(None, (_KIND_NOTES.get(method.kind), *_needs(method)))), _WIDTH - len(indent)
        ),
        listed(indent, "Args", _arguments(method)),
    )


def attribute_docstring(indent: str, phrase: str) -> str:
    """Return what stands below an attribute: the phrase as a sentence."""
    return docstring(indent, f"{phrase[:1].upper()}{phrase[1:]}")


def listed(indent: str, heading: str, phrases: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and phrases as Google's style has it, which editors read; nothing where there are none."""
    rows = [
        textwrap.fill(
            f"{name}: {phrase[:1].upper()}{phrase[1:].rstrip('.')}.",
            _WIDTH - len(indent),
            initial_indent="    ",
            subsequent_indent="        ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, phrase in phrases
        if phrase
    ]
    return "\n".join([f"{heading}:", *rows]) if rows else ""


def _sentence(method: Method) -> str:
    own = "" if method.kind == "list" else method.operation.text
    usual = _KIND_SENTENCES.get(method.name if method.kind == "call" else method.kind)
    return own or usual or method.name.strip("_").replace("_", " ").capitalize()


def _needs(method: Method) -> Iterator[str]:
    operation = method.operation
    needs = ["a folder"] if operation.folder_required else []
    needs += [f"the scope {' or '.join(operation.scopes)}"] if operation.scopes else []
    yield f"Needs {' and '.join(needs)}." if needs else ""
    # UiPath's document says of some that all are needed and of others that one is; the schema lists them alone.
    kind = "Permission" if len(operation.permissions) == 1 else "Permissions that count"
    yield f"{kind}: {', '.join(operation.permissions)}." if operation.permissions else ""
    yield "Deprecated by UiPath." if operation.deprecated else ""


def _arguments(method: Method) -> Iterator[tuple[str, str]]:
    for each in (*method.keys, *method.arguments, *method.parameters):
        yield each.name, each.text
    yield from _KIND_ARGUMENTS.get(method.kind, ())
    if isinstance(method.body, Body):
        fields = [(argument.name, argument.text) for _, argument in method.body.attributes]
        if any(text for _, text in fields):
            yield "entity", "all of what follows as one object, or as a dict with wire names"
        yield from fields
    elif isinstance(method.body, Argument):
        yield method.body.name, method.body.text


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"""')
