"""Terraform files in a module's folder that flowseal did not generate, and whether they can change who can decrypt."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from generator.findings import LocatedFinding
from generator.output.rules import (
    OVERRIDE_FILE,
    UNMANAGED_PERMISSIONS,
    UNMANAGED_TERRAFORM_FILE,
    name_some,
    report_path,
)
from generator.output.terraform_blocks import (
    STATE_BLOCKS,
    TerraformBlock,
    UnreadableBlocksError,
    list_blocks,
    list_json_blocks,
)
from generator.source import LARGEST_DOCUMENT, Span, read_document

_CONFIGURATION = re.compile(r"(?P<stem>.*?)\.(?P<kind>tf|tofu)(?P<json>\.json)?", re.DOTALL)
"""Files that Terraform or OpenTofu reads as configuration."""
_SERVICES = "(aws|awscc)_(kms|iam|ssoadmin|sso|cloudformation|cloudcontrolapi)_"
"""Services whose resources can change who can decrypt: by themselves, or by creating other resources."""
_ABOUT_ACCESS = re.compile(rf"{_SERVICES}.+")
_RUNS_COMMANDS = re.compile(r"\bprovisioner\b")
_NAMES_ACCESS = re.compile(rf"\b{_SERVICES}|\bmodule\.")
REVIEW = "Review it by hand, or move it to the configuration that calls the module."


def find_unmanaged_configuration(output: Path, name: str, own: Collection[str]) -> list[LocatedFinding]:
    """Report configuration beside a module's own files: as an error if it changes what was proven.

    That is an override file, which Terraform merges over the blocks of other files
    (https://developer.hashicorp.com/terraform/language/files/override), or a .tofu file that OpenTofu reads instead of
    the module's file of the same name.
    """
    folder = output / name
    if folder.is_symlink() or not folder.is_dir():
        return []
    findings = []
    for entry in sorted(os.listdir(folder)):
        match = _CONFIGURATION.fullmatch(entry)
        if match is None or entry in own or entry.startswith(".") or (folder / entry).is_dir():
            continue
        stem = match["stem"]
        replaces = match["kind"] == "tofu" and f"{stem}.tf" in own
        if stem == "override" or stem.endswith("_override") or replaces:
            findings.append(_report_override(output, f"{name}/{entry}"))
        else:
            findings.append(_report_beside(output, f"{name}/{entry}", is_json=match["json"] is not None))
    return findings


def _report_override(output: Path, path: str) -> LocatedFinding:
    return report_path(
        OVERRIDE_FILE,
        output,
        path,
        "This file overrides parts of the module, so Terraform applies something other than what was proven.",
        "Make the change in the definition or the module's variables, then delete this file.",
    )


def _report_beside(output: Path, path: str, *, is_json: bool) -> LocatedFinding:
    """Report a file beside the module's own: as a warning if it may change who can decrypt, or cannot be read."""
    try:
        found = [block for block in _read_blocks(output / path, is_json=is_json) if _concerns_access(block)]
    except UnreadableBlocksError as error:
        message = f"flowseal cannot read this file, which may change who can decrypt: {error}."
        return report_path(UNMANAGED_PERMISSIONS, output, path, message, REVIEW, error.span)
    if found:
        message = f"flowseal did not generate this file, and it may change who can decrypt: it {_name_blocks(found)}."
        return report_path(UNMANAGED_PERMISSIONS, output, path, message, REVIEW, found[0].span)
    message = (
        "flowseal did not generate this file. Terraform includes it in the module, but flowseal does not prove it."
    )
    return report_path(UNMANAGED_TERRAFORM_FILE, output, path, message, REVIEW)


def _name_blocks(blocks: list[TerraformBlock]) -> str:
    resources = [block.address for block in blocks if block.kind == "resource"]
    modules = [block.address for block in blocks if block.kind == "module"]
    parts = [f"declares {name_some(resources)}"] if resources else []
    parts += [f"calls {name_some(modules)}, whose resources flowseal cannot check"] if modules else []
    others = sorted({block.kind for block in blocks} & STATE_BLOCKS)
    parts += [f"changes what Terraform manages ({name_some(others)})"] if others else []
    return ", and ".join(parts)


def _concerns_access(block: TerraformBlock) -> bool:
    """Return whether a block may change who can decrypt. What a module or a command does is unknown."""
    if block.kind in STATE_BLOCKS:
        return bool(_NAMES_ACCESS.search(block.body))
    if block.kind == "resource":
        return bool(_ABOUT_ACCESS.fullmatch(block.labels[0]) or _RUNS_COMMANDS.search(block.body))
    return block.kind == "module"


def _read_blocks(path: Path, *, is_json: bool) -> list[TerraformBlock]:
    try:
        if not path.is_file():
            raise UnreadableBlocksError("it is not a regular file")
        with path.open("rb") as file:
            data = file.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        raise UnreadableBlocksError(error.strerror or type(error).__name__) from error
    if is_json:
        document, faults = read_document(path.name, data)
        if document is None or faults:
            raise UnreadableBlocksError(faults[0].message.rstrip("."), faults[0].span)
        return list_json_blocks(document)
    if len(data) > LARGEST_DOCUMENT:
        raise UnreadableBlocksError("it is larger than 16 MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableBlocksError("it is not UTF-8 text", Span(line, 1, line, 1)) from error
    return list_blocks(text)
