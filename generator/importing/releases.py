"""AWS::Bedrock::FlowVersion and AWS::Bedrock::FlowAlias beside a flow -> the section `release`, where it fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from generator.findings import LocatedFinding
from generator.flow.api import find_shape
from generator.flow.reading.rules import DECIDED_BY_MODULE
from generator.flow.wording import list_names
from generator.importing.conversion import Converter
from generator.importing.intrinsics import ABSENT
from generator.importing.places import Place
from generator.importing.rules import NOT_IMPORTED
from generator.importing.templates import FoundFlow
from generator.source.position import Path

VERSION, ALIAS = "AWS::Bedrock::FlowVersion", "AWS::Bedrock::FlowAlias"
KNOWN = frozenset({"FlowArn", "Name", "Description", "RoutingConfiguration", "ConcurrencyConfiguration", "Tags"})
CONCURRENCY = (("Type", "type", "ConcurrencyType"), ("MaxConcurrency", "max", "ConcurrencyMax"))
TAKEN = (
    "AWS allows each alias name once per flow. To keep the flow, rename the alias here, move the callers, and then "
    "delete the old one; see docs/existing-flows.md."
)


def read_release(found: FoundFlow, converter: Converter) -> dict[str, Any]:
    """Return the section for the aliases that route to a version of a flow in the same template, or {}."""
    versions = {name: place for name, _, place in _list_resources(found, VERSION)}
    aliases: dict[str, Any] = {}
    routes: dict[str, tuple[str, Place]] = {}
    for logical_id, properties, place in _list_resources(found, ALIAS):
        template = found.template.within(found.template.resources[logical_id])
        inner = replace(converter, template=template, parameters=replace(converter.parameters, template=template))
        version = _find_version(properties, versions)
        if version is None:
            message = "This alias is not imported: it routes to a version that is not a resource of this template."
            help = "The aliases in `release` route to the version that the module creates. Keep this alias outside of "
            help += "the module, or add it to `release`."
            converter.findings.append(place.report(NOT_IMPORTED, message, help, key=True))
            continue
        name, settings = _read_alias(properties, place, inner)
        if name is not None:
            aliases[name] = settings
            routes[name] = version, place.below("Properties", "RoutingConfiguration")
            message = f"Alias {name!r} becomes an alias of the module's own release, not the deployed one."
            converter.findings.append(place.report(NOT_IMPORTED, message, TAKEN, key=True))
    _report_routes(routes, converter.findings)
    for name, place in versions.items():
        described = "Description" in found.template.resources[name].get("Properties", {})
        if aliases and described:
            message, help = (
                "The description of this version is not imported.",
                "The module describes its versions itself.",
            )
            at = place.below("Properties", "Description")
            converter.findings.append(at.report(DECIDED_BY_MODULE, message, help))
        elif not aliases:
            message = "This version is not imported: the module creates versions only for the aliases in `release`."
            help = "Add `release: {aliases: [NAME]}` to the definition to have one."
            converter.findings.append(place.report(NOT_IMPORTED, message, help, key=True))
    return {"aliases": aliases} if aliases else {}


def _list_resources(found: FoundFlow, kind: str) -> Iterator[tuple[str, dict[str, Any], Place]]:
    """Yield the resources of a type that belong to a flow."""
    for name, resource in found.template.resources.items():
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        if not isinstance(properties, dict) or resource.get("Type") != kind or not found.logical_id:
            continue
        if refers_to(properties.get("FlowArn"), {found.logical_id}):
            yield name, properties, _place_resource(found, name)


def _place_resource(found: FoundFlow, name: str) -> Place:
    return Place(found.place.source, (*found.place.path[:-1], name))


def refers_to(value: object, names: set[str]) -> bool:
    """Return whether a value is the Ref or an attribute of one of the resources."""
    match value:
        case {"Ref": str() as name}:
            return name in names
        case {"Fn::GetAtt": str() as text}:
            return text.partition(".")[0] in names
        case {"Fn::GetAtt": [str() as name, *_]}:
            return name in names
        case {"Fn::Sub": str() as text}:
            return any(text in (f"${{{name}}}", f"${{{name}.Arn}}", f"${{{name}.Version}}") for name in names)
    return False


def _find_version(properties: dict[str, Any], versions: Iterable[str]) -> str | None:
    """Return which of the versions an alias routes to."""
    match properties.get("RoutingConfiguration"):
        case [{"FlowVersion": version}]:
            return next((name for name in versions if refers_to(version, {name})), None)
    return None


def _report_routes(routes: Mapping[str, tuple[str, Place]], findings: list[LocatedFinding]) -> None:
    """Report, at the first alias that differs, that imported aliases route to several versions."""
    by_version: dict[str, list[str]] = {}
    for alias, (version, _) in routes.items():
        by_version.setdefault(version, []).append(alias)
    if len(by_version) < 2:
        return
    _, [other, *_], *_ = by_version.values()
    listed = ", ".join(f"{list_names(list(map(repr, names)), 'and')} to {name}" for name, names in by_version.items())
    message = f"The aliases route to different versions ({listed}), but the module moves all aliases of a release "
    help = "If an alias must stay on an older version, remove it from `release`, and keep it and its version outside "
    findings.append(routes[other][1].report(NOT_IMPORTED, f"{message}together.", f"{help}of the module."))


def _read_alias(properties: dict[str, Any], place: Place, converter: Converter) -> tuple[str | None, dict[str, Any]]:
    """Return the name and the settings of an alias; no parameter can be in them."""
    at = place.below("Properties")
    name = converter.settle(properties.get("Name"), at.below("Name"), "the alias's name")
    if not isinstance(name, str):
        message = "This alias is not imported: its name is computed from what the template does not determine."
        converter.findings.append(at.below("Name").report(NOT_IMPORTED, message, "Add it to `release` by its name."))
        return None, {}
    settings: dict[str, Any] = {}
    path: Path = ("release", "aliases", name)
    for key in properties:
        if key not in KNOWN:
            message, help = f"The alias's {key} is not imported.", f"`release` has no such setting for {name!r}."
            converter.findings.append(at.below(key).report(NOT_IMPORTED, message, help, key=True))
    shape = find_shape("AliasSettings")
    for key in ("Description", "Tags"):
        if key in properties:
            inner = find_shape(shape.members[key.lower()])
            item = converter.convert(properties[key], inner, (*path, key.lower()), at.below(key))
            if item is not ABSENT:
                settings[key.lower()] = item
    limits = properties.get("ConcurrencyConfiguration")
    if isinstance(limits, dict):
        where, below = at.below("ConcurrencyConfiguration"), (*path, "concurrency")
        found = [
            (target, converter.convert(limits[key], find_shape(shape), (*below, target), where.below(key)))
            for key, target, shape in CONCURRENCY
            if key in limits
        ]
        settings["concurrency"] = {target: item for target, item in found if item is not ABSENT}
    return name, settings


def report_unclaimed(flows: list[FoundFlow], findings: list[LocatedFinding]) -> None:
    """Report the versions and aliases of a template that belong to none of its flows."""
    own = {flow.logical_id for flow in flows}
    for flow in flows[:1]:
        for name, resource in flow.template.resources.items():
            kind = flow.template.find_type(name)
            properties = resource.get("Properties") if isinstance(resource, dict) else None
            arn = properties.get("FlowArn") if isinstance(properties, dict) else None
            if kind in (VERSION, ALIAS) and not refers_to(arn, own):
                message = f"{name} is not imported: it belongs to a flow that is not a resource of this template."
                help = "Import that flow, too, and add `release` to its definition."
                findings.append(_place_resource(flow, name).report(NOT_IMPORTED, message, help, key=True))
