"""Entities: slotted attrs classes whose class attributes are query expressions.

``Session.state`` is an expression and ``session.state`` a value: a metaclass per entity answers on the class, and
instances read plain slots.
"""

from __future__ import annotations

import difflib
import functools
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast, dataclass_transform
from urllib.parse import urlsplit

import attrs

from uipath_odata.errors import UnknownProperty
from uipath_odata.odata.descriptors import (
    Annotations,
    Collection,
    JsonText,
    Navigation,
    Ordered,
    Property,
    Timestamp,
    Values,
    hints,
)
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr, OrderedExpr
from uipath_odata.odata.expr.paths import CollectionPath, EntityPath, ValuesPath
from uipath_odata.odata.secret_properties import ADDRESSES, SECRETS, TEXTS

__all__ = [
    "KEPT",
    "Collection",
    "Entity",
    "Extra",
    "JsonText",
    "Navigation",
    "Ordered",
    "Property",
    "Timestamp",
    "Values",
    "by_wire",
    "entity",
    "extra_of",
    "members_of",
    "prop",
    "properties",
]

Cls = TypeVar("Cls", bound=type)

WIRE: Final = "odata.name"
READ_ONLY: Final = "odata.read_only"
CONFIDENTIAL: Final = "odata.secret"


@attrs.frozen(repr=False)
class _Shown:
    """What is shown as it is, without the quotes of a text."""

    text: str

    def __repr__(self) -> str:
        return self.text


_HIDDEN: Final = _Shown("<secret>")
_HOST: Final = re.compile(r"[\w.:-]+")


@attrs.frozen(eq=False)
class Member:
    """One declared property; as an attribute of the metaclass it answers ``Session.state``."""

    owner: type[Entity]
    name: str
    wire: str
    read_only: bool = False
    """Whether only the server sends it."""
    secret: bool = False
    """Whether only who asks for the attribute sees its value."""
    holds_secrets: bool = False
    """Whether it is a JSON text in which values may be secret."""
    is_address: bool = False
    """Whether it is an address whose path, query or password lets anyone call it."""

    @property
    def annotation(self) -> Any:
        """The evaluated annotation, such as ``Property[int]``."""
        return hints(self.owner)[self.name]

    @functools.cached_property
    def argument(self) -> Any:
        """What the annotation holds: a Python type, or the related entity's class."""
        return next(iter(typing.get_args(self.annotation)), None)

    @functools.cached_property
    def related(self) -> type[Entity] | None:
        """The entity that a navigation property or collection leads to."""
        leads = typing.get_origin(self.annotation) in (Navigation, Collection)
        return cast("type[Entity]", self.argument) if leads else None

    @functools.cached_property
    def _make(self) -> Callable[[nodes.Path], Any]:
        shape = typing.get_origin(self.annotation) or self.annotation
        if shape in (Navigation, Collection, Values):
            return functools.partial(_SHAPES[shape], member=self)
        ordered = shape is Ordered
        kind = _OWN_KINDS.get(shape) or kinds.kind_of(self.argument, ordered=ordered)
        return functools.partial(_SHAPES[shape], kind=kind)

    def below(self, above: nodes.Path) -> Any:
        """Return the expression or path of this property, one segment below ``above``."""
        return self._make(nodes.Path(above.root, (*above.segments, self.wire)))

    def within(self, above: nodes.Path, name: str) -> Any:
        """Return the expression or path of the related entity's property ``name``, below ``above``."""
        return member_of(self.argument, name).below(above)

    def __get__(self, cls: type | None, meta: type) -> Any:
        return self if cls is None else _of_class(self, cls)

    def __set__(self, cls: type, value: object) -> None:
        raise AttributeError(
            f"{cls.__name__}.{self.name} is a query expression and cannot be assigned: set it on an entity"
        )


@functools.cache
def _of_class(member: Member, cls: type) -> Any:
    return member.below(nodes.Path(cls, ()))


_OWN_KINDS: Final[Mapping[Any, kinds.Kind]] = {Timestamp: kinds.INSTANT, JsonText: kinds.STRING}
_SHAPES: Final[Mapping[Any, Callable[..., Any]]] = {
    Property: Expr,
    Ordered: OrderedExpr,
    Timestamp: Expr,
    JsonText: Expr,
    Navigation: EntityPath,
    Collection: CollectionPath,
    Values: ValuesPath,
}


class EntityMeta(type):
    """Base of the per-entity metaclasses that ``@entity`` makes."""

    # Hidden from type checkers, to which it would make every name right.
    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return member_of(cls, name)


# attrs compiles methods for each class: inheriting __eq__ and __repr__ saves a third of the time to import all.
@attrs.define(kw_only=True, weakref_slot=False, eq=False, repr=False)
class Entity(metaclass=EntityMeta):
    """A row with typed attributes; every attribute may be None, because ``select`` may leave any out."""

    # Kept by copies, pickles and attrs.evolve, so that a row read under a select never replaces a whole one.
    extra: dict[str, Any] = attrs.field(default=None)
    """The properties that the schema does not know, by wire name, as sent; a write of the entity sends them back."""

    def to_dict(self, *, wire: bool = False) -> dict[str, Any]:
        """Return what the entity holds, without what is None: by attribute, with Python's values.

        ``wire=True``: by wire name, with the values of JSON, as the server sends them. Related entities are dicts, too.
        What the schema does not know is there by its wire name, and so are secrets, which ``repr`` hides.
        """
        from uipath_odata.odata.rows.outward import dict_of  # noqa: PLC0415 - rows stand above entities

        return dict_of(self, wire=wire)

    def to_json(self, *, wire: bool = False) -> bytes:
        """Return `to_dict` as JSON: UTF-8, date-times as texts in UTC."""
        from uipath_odata.odata.rows.outward import json_of  # noqa: PLC0415

        return json_of(self, wire=wire)

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Make an entity of a dict with wire names, as the server sends it, or of one with attributes, as `to_dict` makes it.

        Raises DecodeError for a value of another type.
        """
        from uipath_odata.odata.rows.outward import entity_of  # noqa: PLC0415

        return entity_of(cls, row)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        """Let pydantic, and with it FastAPI, take entities in and give them out by attribute."""
        from uipath_odata.odata.rows.outward import pydantic_schema  # noqa: PLC0415

        return pydantic_schema(cls)

    # Hidden from mypy: it would take entities as unhashable, and then their class as well.
    if not TYPE_CHECKING:

        def __eq__(self, other: object) -> bool:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return all(getattr(self, name) == getattr(other, name) for name in properties(type(self)))

        __hash__ = None

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"

    # rich, and tracebacks that it prints with local variables, would else show each attribute of an attrs class.
    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        for name, member in properties(type(self)).items():
            value = getattr(self, name, None)
            if value is not None:
                yield name, _HIDDEN if member.secret or member.holds_secrets else _open(member, value)
        # By name alone: what they hold may be secret, too.
        if self.extra:
            yield "extra", _Shown(f"<{', '.join(self.extra)}>")


def _open(member: Member, value: Any) -> Any:
    """Leave the scheme and host of an address."""
    if isinstance(value, str) and member.is_address:
        try:
            address = urlsplit(value)
        except ValueError:
            return _HIDDEN
        host = _HOST.fullmatch(address.hostname or "")
        return _Shown(f"<{address.scheme}://{host[0]}/…>") if host else _HIDDEN
    return value


class Extra(dict[str, Any]):
    """What the schema does not know of an entity, and whether the entity came in part."""

    __slots__ = ("is_partial",)

    def __init__(self, known: Any = (), /) -> None:
        super().__init__(known)
        self.is_partial: bool = isinstance(known, Extra) and known.is_partial


KEPT: Final[Any] = vars(Entity)["extra"]
"""The slot of ``extra``, which holds None until somebody asks for it."""


def extra_of(entity: Entity) -> Extra:
    """Return an entity's extra, which is made when it is first asked for."""
    try:
        held: Any = KEPT.__get__(entity)
    except AttributeError:  # of an entity that could not be made, and is shown with its error
        held = None
    kept = held if held.__class__ is Extra else Extra(held or ())
    if kept is not held:
        KEPT.__set__(entity, kept)  # also of a subclass that is frozen
    return kept


if not TYPE_CHECKING:
    Entity.extra = property(extra_of, KEPT.__set__, doc="What the schema does not know, by wire name.")


if TYPE_CHECKING:

    class Nested(Entity):
        """An entity that is reached through another one."""


def prop(wire: str, *, read_only: bool = False, secret: bool = False) -> Any:
    """Declare a property by its wire name; the annotation says what it is, and ``repr`` hides a ``secret`` one."""
    return attrs.field(default=None, metadata={WIRE: wire, READ_ONLY: read_only, CONFIDENTIAL: secret})


# Without field specifiers ``= prop("State")`` reads to type checkers as a default, so that each argument is optional.
@dataclass_transform(kw_only_default=True)
def entity(cls: Cls) -> Cls:
    """Make the class a slotted attrs class whose class attributes are query expressions."""
    made: Any = attrs.define(cls, slots=True, kw_only=True, weakref_slot=False, eq=False, repr=False)
    members = {**properties(made.__base__)} | {
        field.name: _member(made, field)
        for field in attrs.fields(made)
        if WIRE in field.metadata and not field.inherited
    }
    made.__class__ = type(f"{cls.__name__}Meta", (EntityMeta,), members)
    # attrs gets each slot of a base from its class: that would import all related entities with the derived one.
    made.__slots__ = ()
    made.__annotations__ = Annotations(made.__annotations__, made)
    return cast("Cls", made)


def _member(cls: type[Entity], field: attrs.Attribute[Any]) -> Member:
    facts, name = field.metadata, cls.__name__
    wire = facts[WIRE]
    return Member(
        owner=cls,
        name=field.name,
        wire=wire,
        read_only=facts[READ_ONLY],
        secret=facts[CONFIDENTIAL] or wire in SECRETS.get(name, ()),
        holds_secrets=wire in TEXTS.get(name, ()),
        is_address=wire in ADDRESSES.get(name, ()),
    )


@functools.cache
def properties(cls: type[Entity]) -> Mapping[str, Member]:
    """Return an entity's declared properties by attribute name, in the order of the schema."""
    return {name: member for name, member in vars(type(cls)).items() if isinstance(member, Member)}


@functools.cache
def by_wire(cls: type[Entity]) -> Mapping[str, Member]:
    """Return an entity's declared properties by wire name."""
    return {member.wire: member for member in properties(cls).values()}


@functools.lru_cache(maxsize=1024)
def members_of(cls: type[Entity], keys: tuple[str, ...]) -> tuple[Mapping[str, Member], tuple[str, ...]]:
    """Return the properties that the keys of a JSON object name, and the keys of properties that the schema lacks.

    Servers write nested names in another case than the schema, and API 11 whole rows: a key that is not a name as it
    is written names the property that it equals in any case, unless another key does.
    """
    known = by_wire(cls)
    found = {key: known[key] for key in keys if key in known}
    missing = {wire.lower(): member for wire, member in known.items() if wire not in found}
    for key in keys:
        if key not in found and (member := missing.pop(key.lower(), None)):
            found[key] = member
    # OData JSON 4.0, 4.5: what has an @ in its name is not a property.
    return found, tuple(key for key in keys if key not in found and "@" not in key)


def member_of(cls: type[Entity], name: str, newer: str = "path(…)") -> Member:
    """Return a property by attribute name; raise UnknownProperty that names the nearest, or what takes a ``newer`` one."""
    known = properties(cls)
    if name in known:
        return known[name]
    by_name = by_wire(cls).get(name)
    near = by_name.name if by_name else next(iter(difflib.get_close_matches(name, known, n=1)), None)
    hint = f"did you mean {near}?" if near else f"a property newer than the schema goes through {newer}"
    raise UnknownProperty(f"{cls.__name__} has no property {name!r}: {hint}")
