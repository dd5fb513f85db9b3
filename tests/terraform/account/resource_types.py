"""The resource types of CloudFormation that the account has, with AWS's own schemas out of the package cfn-lint."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from moto.core.exceptions import _RESTError
from moto.core.responses import BaseResponse

from account.requests import InvalidRequestError
from account.services import install_service

TYPES = ("AWS::Bedrock::Flow", "AWS::Bedrock::FlowVersion", "AWS::Bedrock::FlowAlias")
Model = dict[str, Any]
_DESCRIBED = """<DescribeTypeResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeTypeResult><Type>RESOURCE</Type><TypeName>{name}</TypeName><Schema>{schema}</Schema></DescribeTypeResult>
</DescribeTypeResponse>"""


@cache
def read_type(name: str) -> dict[str, Any]:
    """Return the schema of a type; the account has no others than those of flows."""
    if name not in TYPES:
        raise InvalidRequestError(f"The type '{name}' cannot be found.", "TypeNotFoundException")
    found = importlib.util.find_spec("cfnlint")
    assert found is not None, "missing: the Python package cfn-lint"
    assert found.origin is not None
    schemas = Path(found.origin).parent / "data" / "schemas"
    files = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    schema: dict[str, Any] = json.loads((schemas / "resources" / f"{files[name]}.json").read_text(encoding="utf-8"))
    return schema


def check_model(name: str, model: Model) -> None:
    """Refuse a desired state that the type's schema does not allow."""
    import jsonschema  # only here, because most accounts of the tests check none

    schema = {"type": "object", **read_type(name)}
    errors = sorted(jsonschema.Draft7Validator(schema).iter_errors(model), key=lambda error: list(error.path))
    if errors:
        told = "\n".join(f"#/{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in errors[:8])
        raise InvalidRequestError(f"Model validation failed ({told})")


def list_properties(name: str, group: str) -> list[str]:
    """Return the properties of a group such as readOnlyProperties: none of these is nested."""
    return [path.removeprefix("/properties/") for path in read_type(name).get(group, [])]


def check_unchanged(name: str, group: str, before: Model, after: Model) -> None:
    """Refuse a patch that changes properties of a group."""
    changed = [item for item in list_properties(name, group) if before.get(item) != after.get(item)]
    if changed:
        paths = ", ".join(f"/properties/{item}" for item in changed)
        raise InvalidRequestError(f"Invalid patch update: {group} [{paths}] cannot be updated", "NotUpdatableException")


def write_identifier(name: str, model: Model) -> str:
    """Return the primary identifier of a resource, its parts joined by `|`."""
    return "|".join(model[part] for part in list_properties(name, "primaryIdentifier"))


def read_identifier(name: str, identifier: str) -> Model:
    """Return the parts of a primary identifier by property."""
    names, parts = list_properties(name, "primaryIdentifier"), identifier.split("|")
    if len(names) != len(parts):
        paths = ", ".join(f"/properties/{item}" for item in names)
        raise InvalidRequestError(f"Identifier {identifier} is not valid for identifier [{paths}]")
    return dict(zip(names, parts, strict=True))


def write_member(name: str) -> str:
    """Return the API's member of a property: the same with a small letter first."""
    return name[0].lower() + name[1:]


def write_property(name: str) -> str:
    """Return the property of a member of the API."""
    return name[0].upper() + name[1:]


def read_model(value: Any, shape: Any) -> Any:
    """Return a property's value as the API takes it, guided by its shape in botocore's model."""
    if shape.type_name == "structure":
        return {key: read_model(item, shape.members[key]) for key, item in _rename(value, shape)}
    if shape.type_name == "list":
        return [read_model(item, shape.member) for item in value]
    return value


def write_model(value: Any, shape: Any) -> Any:
    """Return a value of the API as a property's value."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        return {write_property(key): write_model(item, shape.members[key]) for key, item in value.items()}
    if shape.type_name == "list":
        return [write_model(item, shape.member) for item in value]
    return value


def fill_substitutions(text: str, substitutions: dict[str, Any]) -> str:
    """Put the values of DefinitionSubstitutions into a definition's text."""
    return re.sub(r"\$\{(\w+)\}", lambda found: str(substitutions.get(found[1], found[0])), text)


def _rename(value: Model, shape: Any) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        member = write_member(key)
        if member not in shape.members:
            raise InvalidRequestError(f"{key} is no property of {shape.name}")
        yield member, item


class DescriptionResponse(BaseResponse):
    """All that the account has of CloudFormation. moto's own has more, and takes a second to import."""

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")

    def describe_type(self) -> str:
        """Answer DescribeType."""
        name = self.querystring["TypeName"][0]
        if name not in TYPES:
            raise _RESTError("TypeNotFoundException", f"The type '{name}' cannot be found.")
        return _DESCRIBED.format(name=name, schema=html.escape(json.dumps(read_type(name), indent=2), quote=False))


def install_resource_types() -> None:
    """Answer what is asked of CloudFormation."""
    install_service(DescriptionResponse, lambda service, environ: service == "cloudformation")
