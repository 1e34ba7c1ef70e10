"""The facts of the API as an OpenAPI document, for tools that were not written here."""

from __future__ import annotations

BASE = "https://cloud.uipath.com/acme/Default/orchestrator_"
FORM = "multipart/form-data"
FOLDER = "X-UIPATH-OrganizationUnitId"

_CLOSED = {"additionalProperties": False}


def schema_of(facts, *, closed=True):
    """Return a type as a JSON schema; ``closed`` objects have no members but those that are described."""
    match facts:
        case "any":
            return {}
        case str(name):
            kind, _, form = name.partition(":")
            return {"type": kind} | ({"format": form} if form else {})
        case {"ref": name} | {"enum": name}:
            return {"$ref": f"#/components/schemas/{name}"}
        case {"array": item}:
            return {"type": "array", "items": schema_of(item, closed=closed)}
        case {"map": item}:
            return {"type": "object", "additionalProperties": schema_of(item, closed=closed)}
        case {"object": parts}:
            described = {name: schema_of(each, closed=closed) for name, each in parts.items()}
            rest = _CLOSED if closed else {}
            return {"type": "object"} | ({"properties": described, **rest} if described else {})
    raise AssertionError(facts)


_RULES = ("maxLength", "minLength", "maximum", "minimum", "maxItems", "readOnly")


def _property(facts):
    rules = {rule: facts[rule] for rule in _RULES if rule in facts}
    schema = schema_of(facts["type"])
    # A reference stands alone in OpenAPI 3.0.
    return {"allOf": [schema], **rules} if "$ref" in schema and rules else schema | rules


def _object(facts):
    own = {
        "type": "object",
        "properties": {wire: _property(each) for wire, each in facts["properties"].items()},
        **_CLOSED,
    }
    required = [wire for wire, each in facts["properties"].items() if each.get("required")]
    own |= {"required": required} if required else {}
    if "allOf" not in facts:
        return own
    own.pop("additionalProperties")
    return {"allOf": [*map(schema_of, facts["allOf"]), own]}


def _partial(schema, schemas):
    """A PATCH sends some of the properties, whatever the schema of the whole entity requires."""
    whole = _object(schemas[schema["$ref"].rpartition("/")[2]])
    return {key: value for key, value in whole.items() if key != "required"}


_OPTIONS = {"$top": {"type": "integer"}, "$skip": {"type": "integer"}, "$count": {"type": "boolean"}}


def _option(name, limit):
    schema = dict(_OPTIONS.get(name, {"type": "string"}))
    return {
        "name": name,
        "in": "query",
        "schema": schema | ({"maximum": limit} if name == "$top" and limit else {}),
    }


def _operation(facts, schemas, answers):
    headers = {FOLDER: "optional", **facts.get("headers", {})}
    parameters = [
        *({**_named(each), "in": "path", "required": True} for each in facts.get("path_params", ())),
        *({**_named(each), "in": "query"} for each in facts.get("query", ())),
        *(_option(name, limit) for name, limit in facts.get("odata", {}).items()),
        *(
            {"name": name, "in": "header", "required": how == "required", "schema": {"type": "string"}}
            for name, how in headers.items()
        ),
    ]
    replies = {status: _reply(each, answers) for status, each in facts["responses"].items()}
    described = {
        "operationId": facts["id"],
        "tags": [facts["tag"]],
        "parameters": parameters,
        "responses": replies,
    }
    if "body" in facts:
        schema = schema_of(facts["body"]["type"])
        kind = FORM if facts["body"]["content"] == FORM else "application/json"
        content = {kind: {"schema": _partial(schema, schemas) if facts["method"] == "PATCH" else schema}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _reply(facts, answers):
    if not answers or "type" not in facts or facts["content"] not in {"application/json", "text/json"}:
        return {"description": "as described"}
    return {
        "description": "as described",
        "content": {"application/json": {"schema": schema_of(facts["type"])}},
    }


def _nullable(schema):
    """Orchestrator sends null for what has no value; the published document does not say so."""
    if "allOf" in schema:
        return {"allOf": [*schema["allOf"][:-1], _nullable(schema["allOf"][-1])]}
    properties = {
        name: {"nullable": True, "allOf": [each]} if "$ref" in each else each | {"nullable": True}
        for name, each in schema["properties"].items()
    }
    return {key: value for key, value in schema.items() if key != "required"} | {"properties": properties}


def _named(facts):
    return {"name": facts["name"], "schema": schema_of(facts["type"])}


def document(facts, *, answers=False):
    """Return the document; with what operations answer it is as a generator of clients wants it."""
    paths: dict = {}
    for each in facts["operations"]:
        paths.setdefault(each["path"], {})[each["method"].lower()] = _operation(
            each, facts["schemas"], answers
        )
    schemas = {name: _object(each) for name, each in facts["schemas"].items()}
    if answers:
        schemas = {name: _nullable(each) for name, each in schemas.items()}
    enums = {name: {"type": "string", "enum": members} for name, members in facts["enums"].items()}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Orchestrator", "version": "20"},
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {"schemas": schemas | enums},
    }
