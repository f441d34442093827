"""Compares the schema that a server lists with the one that a host makes of it."""
import json

NAMES = {
    "any_of": "anyOf", "one_of": "anyOf", "oneOf": "anyOf", "additional_properties": "additionalProperties",
    "min_items": "minItems", "max_items": "maxItems",
}


def normalized(schema, root=None, depth=0):
    """Returns the schema without references, `null`, capital letters and the names of other dialects."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth > 40:
        return schema
    if "$ref" in schema:
        target = root
        for key in schema["$ref"].removeprefix("#").strip("/").split("/"):
            target = target.get(key, {}) if key else target
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return normalized({**target, **beside}, root, depth + 1)
    if len(schema.get("allOf") or []) == 1:
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        return normalized({**rest, **schema["allOf"][0]}, root, depth + 1)
    found = {}
    if takes_null(schema):
        found["nullable"] = True
    for key, value in schema.items():
        key = NAMES.get(key, key)
        if key == "type":
            kinds = value if isinstance(value, list) else [value]
            kinds = [str(it).lower() for it in kinds if str(it).lower() != "null"]
            if kinds and kinds != ["type_unspecified"]:
                found[key] = kinds[0] if len(kinds) == 1 else sorted(kinds)
        elif key == "enum":
            found[key] = [it for it in value or [] if it is not None]
        elif key == "properties":
            found[key] = {name: normalized(it, root, depth + 1) for name, it in (value or {}).items()}
        elif key in ("items", "additionalProperties"):
            found[key] = normalized(value, root, depth + 1)
        elif key == "anyOf":
            found[key] = [normalized(it, root, depth + 1) for it in value or [] if it.get("type") not in ("null", "NULL")]
        else:
            found[key] = value
    if len(found.get("anyOf") or []) == 1:
        only = found.pop("anyOf")[0]
        found = {**found, **only}
    return found


def takes_null(schema):
    kinds = schema.get("type") if isinstance(schema.get("type"), list) else []
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("any_of") or []
    return "null" in kinds or bool(schema.get("nullable")) or any(it.get("type") in ("null", "NULL") for it in choices)


def loses(original, converted, path=""):
    """Returns the first part of a normalized schema that a conversion lost, as words, or `None`."""
    where = path or "root"
    if not isinstance(original, dict):
        return None
    if not isinstance(converted, dict):
        return f"{where}: the schema became {json.dumps(converted)}"
    if any_json(original):
        kind = converted.get("type")
        return f"{where}: any JSON became {kind}" if kind and not is_any(converted) else None
    if "anyOf" in original:
        return loses_choice(original["anyOf"], converted, where)
    kind = converted.get("type")
    if original.get("type") != kind:
        return f"{where}: type {original.get('type')} became {describe(converted)}"
    for name, child in original.get("properties", {}).items():
        properties = converted.get("properties") or {}
        if name not in properties:
            return f"{where}: property {name} is missing"
        if lost := loses(child, properties[name], f"{path}.{name}"):
            return lost
    if missing := set(original.get("required", [])) - set(converted.get("required") or []):
        return f"{where}: {', '.join(sorted(missing))} became optional"
    for name in set(converted.get("required") or []) - set(original.get("required", [])):
        # In strict mode every property is required, and the optional ones take null.
        property = (converted.get("properties") or {}).get(name, {})
        if name in original.get("properties", {}) and not property.get("nullable") and not any_json(property):
            return f"{where}: {name} became required"
    if "enum" in original and original["enum"] != converted.get("enum"):
        return f"{where}: enum became {json.dumps(converted.get('enum'))}"
    if "items" in original:
        if lost := loses(original["items"], converted.get("items", "no items"), f"{path}[]"):
            return lost
    values = original.get("additionalProperties")
    if isinstance(values, dict):
        rest = converted.get("additionalProperties")
        if not isinstance(rest, dict) and not (rest is True and any_json(values)):
            return f"{where}: the values of the map became {json.dumps(rest)}"
        return loses(values, rest, f"{path}.*") if isinstance(rest, dict) else None
    return None


def loses_choice(choices, converted, where):
    branches = converted.get("anyOf")
    if branches is None and isinstance(converted.get("type"), list):
        branches = [{"type": kind} for kind in converted["type"]]
    if branches is None:
        # One schema can stand for choices of one form, such as text and single letters.
        lost = any(loses(choice, converted, where) for choice in choices)
        return f"{where}: {len(choices)} choices became {describe(converted)}" if lost else None
    for index, choice in enumerate(choices):
        lost = [loses(choice, branch, f"{where}|{index}") for branch in branches]
        if all(lost):
            same_kind = [it for it, branch in zip(lost, branches) if branch.get("type") == choice.get("type")]
            if not lost:
                return f"{where}: choice {index} is missing"
            # The branch that agrees the longest is the one that was meant.
            return max(same_kind or lost, key=lambda it: len(it.split(": ")[0]))
    return None


def any_json(schema):
    return "type" not in schema and "anyOf" not in schema and "enum" not in schema


def is_any(schema):
    kinds = {"string", "number", "boolean", "object", "array"}
    return isinstance(schema.get("type"), list) and kinds <= set(schema["type"])


def describe(schema):
    return schema.get("type") or ("a choice" if schema.get("anyOf") else "any JSON")
