"""What hover and help() say: everything that people call and read is explained, in words of our own."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import re
from pathlib import Path

import attrs
import pytest

from uipath_odata import entities, operations
from uipath_odata.generate.decide.descriptions import described
from uipath_odata.generate.read.document import Document
from uipath_odata.generate.read.load_schema import orchestrator
from uipath_odata.generate.read.texts import Phrases, load_texts

MOST_CALLED = """
    Assets Buckets Folders GenericTasks Jobs ProcessSchedules QueueDefinitions QueueItems Queues Releases Tasks Users
"""
COMMONEST = """
    Asset AuditLog BlobFile Bucket Folder Job License Machine Process ProcessSchedule QueueDefinition QueueItem
    Release Robot RobotLog Role Session Task User Webhook
"""
# Ten digits of the SHA-256 of each text of five words or more in UiPath's published document: words in small letters,
# one space between.
PUBLISHED = frozenset(Path(__file__).with_name("published_texts.txt").read_text("utf-8").split())
FILLER = """
    a an the of in on to for by with from its it this that and or one all is are be return list get gets give gives given
"""
DOCUMENT = orchestrator()
TEXTS = load_texts()


def _words(text):
    return re.findall(r"[a-z0-9]+", text.casefold())


def _stems(name):
    return {word.rstrip("s") for word in _words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))}


def _classes():
    modules = (path.stem for path in Path(operations.__file__).parent.glob("[a-z]*.py"))
    for module in map(importlib.import_module, (f"{operations.__name__}.{name}" for name in modules)):
        [found] = [
            each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__
        ]
        yield found.__name__, found


CLASSES = dict(_classes())
METHODS = {
    f"{owner}.{name}": getattr(cls, name)
    for owner, cls in CLASSES.items()
    for name in cls.__operations__
    if name != "list"
}


def _explained(docstring, heading):
    """Return the names below a heading, each with its phrase."""
    _, _, listed = docstring.partition(f"\n{heading}:\n")
    found = re.findall(r"^ {4}([\w*]+): (.+(?:\n {8}.+)*)", listed, re.MULTILINE)
    return dict(found)


def test_every_operation_has_a_sentence():
    lists = [f"{owner}.list" for owner, cls in CLASSES.items() if "list" in cls.__operations__]
    assert len(METHODS) + len(lists) == len(DOCUMENT.operations)
    for title, method in METHODS.items():
        first, _, _ = inspect.getdoc(method).partition("\n\n")
        assert re.fullmatch(r"[A-Z].{15,250}\.", first, re.DOTALL), title
    for title in lists:
        assert TEXTS.operations[title]


def test_no_sentence_is_said_of_two_operations_of_a_set():
    for owner, cls in CLASSES.items():
        said = [
            inspect.getdoc(getattr(cls, name)).split("\n")[0] for name in cls.__operations__ if name != "list"
        ]
        assert len(set(said)) == len(said), owner


def test_a_sentence_says_more_than_the_name():
    for title, text in TEXTS.operations.items():
        assert {word.rstrip("s") for word in _words(text)} - {*FILLER.split()} - _stems(title), title


def test_every_text_is_in_our_own_words():
    own = [*TEXTS.operations.values(), *TEXTS.tags.values()]
    for phrases in (TEXTS.parameters, TEXTS.properties):
        own += [*phrases.shared.values(), *(text for each in phrases.own.values() for text in each.values())]
    digests = {text: hashlib.sha256(" ".join(_words(text)).encode()).hexdigest()[:10] for text in own}
    assert not [text for text, digest in digests.items() if digest in PUBLISHED]


def test_a_copied_text_would_be_found():
    copied = "Requests a CSV export of filtered items."
    assert hashlib.sha256(" ".join(_words(copied)).encode()).hexdigest()[:10] in PUBLISHED


@pytest.mark.parametrize("owner", MOST_CALLED.split())
def test_every_argument_of_the_most_called_operations_is_explained(owner):
    for name in CLASSES[owner].__operations__.keys() - {"list"}:
        method = getattr(CLASSES[owner], name)
        taken = {
            str(each).partition(":")[0].partition("=")[0]
            for each in inspect.signature(method).parameters.values()
        } - {"self"}
        assert taken == _explained(inspect.getdoc(method), "Args").keys(), name


def test_every_parameter_in_a_path_a_query_or_a_header_is_explained():
    unexplained = {
        (operation.path, each.name)
        for operation in described(DOCUMENT, TEXTS).operations
        for each in operation.parameters
        if not each.text
    }
    assert unexplained == set()


def test_a_phrase_of_an_operation_goes_before_its_owners_and_that_before_the_shared_one():
    phrases = Phrases({"Jobs.get": {"a": "1"}, "Jobs": {"a": "2", "b": "2"}}, {"a": "3", "b": "3", "c": "3"})
    assert [phrases.of("Jobs.get", name) for name in "abcd"] == ["1", "2", "3", ""]
    assert phrases.of("Robots.get", "a") == "3"


@pytest.mark.parametrize("name", COMMONEST.split())
def test_every_property_of_the_commonest_entities_is_explained(name):
    cls = getattr(entities, name)
    tree = ast.parse(Path(inspect.getfile(cls)).read_text("utf-8"))
    [(_, *body)] = [each.body for each in tree.body if isinstance(each, ast.ClassDef) and each.name == name]
    # Editors show the text that stands below an attribute, help() that of the class.
    shown = {
        attribute.target.id: below.value.value for attribute, below in zip(body[::2], body[1::2], strict=True)
    }
    told = {
        attribute: " ".join(text.split())
        for attribute, text in _explained(inspect.getdoc(cls), "Attributes").items()
    }
    assert len(shown) > 4
    assert told == shown


def test_a_text_about_nothing_is_refused():
    texts = attrs.evolve(TEXTS, operations={**TEXTS.operations, "Jobs.Fly": "Fly."})
    with pytest.raises(ValueError, match=r"Jobs\.Fly"):
        described(DOCUMENT, texts)
    with pytest.raises(ValueError, match=r"JobDto\.Key"):
        described(Document((), {}, {}), TEXTS)
