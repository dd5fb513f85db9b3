"""The formats of flow definitions, all read into the sections of flowseal's own format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import cast

from generator.findings import Finding
from generator.findings.suggestions import advise_name, match_names
from generator.flow.api import check_shape, find_shape
from generator.flow.api.check import UNKNOWN_KEY
from generator.flow.model import Value
from generator.flow.reading.rules import (
    DECIDED_BY_MODULE,
    INCOMPLETE_DOCUMENT,
    INVALID_SECTION,
    LIVE_FLOW,
    NOT_A_FLOW,
    UNUSABLE_FILE_NAME,
)
from generator.flow.wording import describe_value, list_names
from generator.source import SCHEMA_KEY
from generator.source.position import Document, Path

OWN_SECTIONS = frozenset({"engine", "parameters", "encryption", "permissions", "release"})
"""The sections that only flowseal's own format has."""
SECTIONS = (
    *("name", "description", "engine", "definition", "tags"),
    *("parameters", "encryption", "permissions", "release"),
)
NO_IMPORT = (
    "The module creates a second flow. To keep this one, use `engine: native` if it supports the definition, because "
    "Terraform cannot import a flow with `engine: cloud-control`. See docs/existing-flows.md."
)
"""The help about an existing flow whose module has the engine `cloud-control`."""
BARE_KEYS = frozenset({"nodes", "connections"})
SUFFIXES = (".flow.yaml", ".flow.yml", ".flow.json", ".yaml", ".yml", ".json")

DECIDED = {
    "executionRoleArn": "The module creates its own service role with exactly the permissions that the nodes need.",
    "customerEncryptionKeyArn": "The module creates its own KMS key for the flow.",
    "clientToken": "Terraform sends its own token.",
    "status": "AWS sets the status.",
    "version": "AWS sets the version.",
    "createdAt": "AWS sets the timestamp.",
    "updatedAt": "AWS sets the timestamp.",
    "validations": "AWS validates the flow each time it is prepared.",
    "ResponseMetadata": "It is part of the API response, not of the flow.",
}
"""Keys in the arguments of create-flow and update-flow and in the output of get-flow that flowseal ignores, and why."""
LIVE = ("id", "arn", "flowIdentifier")
"""Keys that identify an existing flow, in get-flow's output and in update-flow's arguments (an ID or ARN)."""
FLOW_ID = re.compile(r"(?:.*:flow/)?([0-9a-zA-Z]{10})")
SWITCH = (
    "The AWS CLI does not accept that section. If you still pass this file to the CLI, copy name, description, "
    "definition, and tags to a separate file in flowseal's own format."
)
"""How to convert the API's format to flowseal's own."""


@dataclass(frozen=True, slots=True)
class Form:
    """A document's sections by their names in flowseal's own format. `root` is the path of ("definition",) in it.

    With `is_by_aws`, the document may come from AWS's API or console, including the names of its connections. `switch`
    explains how to convert it to flowseal's own format if its format lacks some sections. `spelled` maps the canonical
    paths of misspelled top-level keys to their spelling.
    """

    sections: Mapping[str, object]
    root: Path
    is_by_aws: bool = False
    switch: str = ""
    spelled: Mapping[Path, str] = field(default_factory=dict)


def recognize_form(document: Document, findings: list[Finding]) -> Form | None:
    """Return a document's sections, or None if it is not a flow definition; report top-level keys that are not used."""
    value = document.value
    if not isinstance(value, dict):
        found = describe_value(cast("Value", value))
        findings.append(_report_no_flow(f"A flow definition must be a mapping, not {found}."))
        return None
    meant = _match_keys(value)
    value = {meant[key] if key in meant else str(key): item for key, item in value.items()}
    keys = set(value) - {SCHEMA_KEY}
    if not keys & {*SECTIONS, *DECIDED, *LIVE, *BARE_KEYS}:
        findings.append(_report_no_flow("This document has none of a flow definition's keys."))
        return None
    findings += [_report_unknown(key, f"Did you mean {name}?") for key, name in meant.items()]
    is_bare = keys <= BARE_KEYS or keys == {"definition"}
    form = _read_bare(document.file, value, findings) if is_bare else _read_sections(value, findings)
    spelled: dict[Path, str] = {
        ("definition", name) if name in BARE_KEYS else (name,): key for key, name in meant.items()
    }
    root = (spelled.pop(("definition",)),) if ("definition",) in spelled else form.root
    return replace(form, root=root, spelled=spelled)


def _read_sections(value: Mapping[str, object], findings: list[Finding]) -> Form:
    unused = [key for key in value if key in DECIDED or key in LIVE]
    if unused:
        findings.append(_report_unused(unused, value))
    findings += [finding for key in value if (finding := _check_key(key, value)) is not None]
    sections = {key: item for key, item in value.items() if key in SECTIONS}
    root: Path = ("definition",)
    if "definition" not in value and (bare := {key: item for key, item in value.items() if key in BARE_KEYS}):
        root, sections["definition"] = (), bare
        listed = " and ".join(bare)
        help = f"Move {listed} under `definition:`."
        findings.append(_report_unknown(next(iter(bare)), help))
    findings += [_report_missing(key) for key in ("name", "definition") if key not in sections]
    # The CLI rejects flowseal's own sections: a document with one of them is in flowseal's format already.
    switch = SWITCH if unused and OWN_SECTIONS.isdisjoint(sections) else ""
    return Form(sections, root, bool(unused), switch)


def _match_keys(value: Mapping[str, object]) -> dict[str, str]:
    """Return what the unknown keys of a document most likely mean."""
    known = (*SECTIONS, *DECIDED, *LIVE, SCHEMA_KEY)
    is_bare = "definition" not in value and not BARE_KEYS.isdisjoint(value)
    return match_names(value, (*known, *sorted(BARE_KEYS)) if is_bare else known)


def _read_bare(file: str, value: Mapping[str, object], findings: list[Finding]) -> Form:
    """Read a document that consists of nodes and connections and has no place for the flow's name."""
    is_wrapped = "definition" in value
    name = name_flow_after(file)
    if schema_key := report_schema_key(value):
        findings.append(schema_key)
    move = "" if is_wrapped else "move `nodes` and `connections` under a `definition:` key and "
    sections: dict[str, object] = {"definition": {key: item for key, item in value.items() if key in BARE_KEYS}}
    if is_wrapped:
        sections["definition"] = value["definition"]
    if is_flow_name(name):
        sections["name"] = name
    else:
        message = (
            f"The document has no name, and its file name cannot be used instead: {name!r} is not a valid flow name."
        )
        help = f"Rename the file using letters, digits, and single - or _, or {move}add `name:`."
        findings.append(Finding(UNUSABLE_FILE_NAME, message, help, ("name",)))
    example = name if is_flow_name(name) else "NAME"
    switch = f"To add that section to this document, {move}add `name: {example}` first."
    return Form(sections, ("definition",) if is_wrapped else (), True, switch)


def name_flow_after(file: str) -> str:
    """Return a file's name without its folders and its extension."""
    name = PurePosixPath(file.replace("\\", "/")).name
    for suffix in SUFFIXES:
        if name.casefold().endswith(suffix):
            return name[: -len(suffix)]
    return name


def is_flow_name(name: str) -> bool:
    """Return whether CreateFlow accepts a name."""
    return not check_shape(name, find_shape("FlowName"), ("name",))


def _check_key(key: str, value: Mapping[str, object]) -> Finding | None:
    if key == SCHEMA_KEY:
        return report_schema_key(value)
    if key in SECTIONS or key in DECIDED or key in LIVE or (key in BARE_KEYS and "definition" not in value):
        return None
    if key in BARE_KEYS:
        return _report_unknown(key, f"Move {key} under `definition:`.")
    absent = [name for name in SECTIONS if name not in value]
    return _report_unknown(key, advise_name(key, absent, f"Remove it. Valid keys are {list_names(SECTIONS, 'and')}."))


def _report_unknown(key: str, help: str) -> Finding:
    return Finding(UNKNOWN_KEY, f"Unknown key {key!r} in the flow definition.", help, (key,), key=True)


def _report_unused(keys: list[str], value: Mapping[str, object]) -> Finding:
    """Report the keys that flowseal ignores once, at the first of them."""
    listed = ", ".join(keys)
    if not set(keys) & set(LIVE):
        message = f"flowseal does not use these keys: {listed}. The module creates its own service role and KMS key."
        return Finding(DECIDED_BY_MODULE, message, "Remove them to silence this message.", (keys[0],), key=True)
    message = f"This document describes an existing flow. flowseal does not use these keys: {listed}."
    identity = next((match[1] for key in LIVE if (match := FLOW_ID.fullmatch(str(value.get(key))))), "ID")
    help = (
        "The module creates a second flow. To keep this one, add an `import` block with `to = module.NAME."
        f'aws_bedrockagent_flow.this` and `id = "{identity}"` to the root module, or, if its Terraform state contains '
        "the flow, a `moved` block with the same `to`. See docs/existing-flows.md."
    )
    return Finding(LIVE_FLOW, message, help, (keys[0],), key=True)


def report_schema_key(document: Mapping[str, object]) -> Finding | None:
    """Return the finding about a document's JSON Schema key, or None if it is absent or a string."""
    value = document.get(SCHEMA_KEY, "")
    if isinstance(value, str):
        return None
    found = describe_value(cast("Value", value))
    message = f"{SCHEMA_KEY} must be the path or URL of a JSON Schema, not {found}."
    return Finding(INVALID_SECTION, message, "Write it as a string, or remove it. Only editors read it.", (SCHEMA_KEY,))


def _report_missing(key: str) -> Finding:
    help = {
        "name": "Add `name:` with the flow's name.",
        "definition": "Add `definition:` with the flow's nodes and connections.",
    }
    return Finding(INCOMPLETE_DOCUMENT, f"The document has no {key}.", help[key])


def _report_no_flow(message: str) -> Finding:
    return Finding(
        NOT_A_FLOW,
        message,
        "A definition needs at least `name:` and `definition:`, with `nodes` and `connections` under it.",
    )
