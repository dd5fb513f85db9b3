"""Valid names of parameters, and what a malformed reference most likely means."""

from __future__ import annotations

import re
from collections.abc import Collection

from generator.findings.suggestions import suggest_name

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TERRAFORMS_OWN = frozenset({"source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"})
"""Names that Terraform reserves (see its documentation of the variable block)."""
MODULES_OWN = frozenset(
    {"name", "tags", "caller_roles", "caller_principals", "attach_caller_policy", "caller_policy_name"}
    | {"permissions_boundary_arn", "deletion_window_in_days", "rotation_period_in_days"}
    | {"prepare_flow", "aws_cli_profile", "aws_cli_role_arn"}
    | {"check_definition", "rewrite_definition"}
)
"""Variables that every module has, or every module with a release or for Cloud Control."""
TERRAFORM_VALUE = re.compile(
    r"(?:(?:var|local|module)\.[A-Za-z_][\w-]*|data\.[a-z0-9]+_\w+\.[\w-]+|(?:aws|awscc)_\w+\.[\w-]+"
    r"|each\.(?:key|value)|count\.index|path\.(?:module|root|cwd)|terraform\.workspace)(?:\.[\w-]+|\[[^\[\]]*\])*"
)
"""A reference in a Terraform expression, without `${}` around it."""
SLIP = re.compile(r"\s*+(?:\$\(?|\{{1,2}\s*+\$?)\s*+([A-Za-z][\w-]*)\s*+\)?\}{0,2}\s*+")
"""A reference in the syntax of other tools: `$name`, `{{name}}`, `$(name)`."""
QUOTED = re.compile(r"""\s*+\{{0,2}\s*+["']?\$(param|file)["']?\s*+:\s*+["']?([^\s"'{}]+)["']?\s*+\}{0,2}\s*+""")
"""A reference in quotes, which make it a string."""
UNSEPARATED = re.compile(r"""\s*+\{{0,2}\s*+\$param(?:[\s=.]\s*+["']?([A-Za-z][\w-]*)["']?)?\s*+\}{0,2}\s*+""")
"""A reference without its colon: `$param name`. The name may be missing."""
UNMARKED = {"param": "$param", "parameter": "$param", "params": "$param", "file": "$file"}
"""Keys that are references except for the $."""
MISPLACED_KEYS = frozenset({"default", "description", "model"})
"""Keys that belong in the section `parameters`, not in a reference."""
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def refuse_name(name: str) -> str | None:
    """Return why a name is not valid for a parameter, or None if it is."""
    if name in TERRAFORMS_OWN:
        return f"{name!r} is reserved by Terraform and cannot be used as a variable name."
    if name in MODULES_OWN:
        return f"{name!r} is already a variable of every module."
    if not SNAKE_CASE.fullmatch(name):
        return f"{name!r} is not in snake_case (lowercase letters and digits, separated by single underscores)."
    return None


def name_parameter_after(placeholder: str) -> str:
    """Return the parameter's name for a placeholder, the same for `$$KNOWLEDGEBASE_ID` and `$$KnowledgebaseId`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", placeholder.removeprefix("$$"))
    return re.sub(r"_+", "_", words).strip("_").lower()


def find_last_name(text: str) -> str:
    """Return the last name in a reference, which identifies its target: `model` in `${var.model}`."""
    return next(reversed(_WORD.findall(text)), text)


def suggest_parameter(text: str, declared: Collection[str]) -> str | None:
    """Return the declared parameter that a reference in any syntax most likely means."""
    return suggest_name(text, declared) or suggest_name(find_last_name(text), declared)


def propose_parameter(text: str) -> str:
    """Return a name for a new parameter that replaces a reference, or NAME if the reference does not suggest one."""
    name = name_parameter_after(find_last_name(text).replace("-", "_"))
    return "NAME" if refuse_name(name) else name


def advise_reference(text: str, declared: Collection[str]) -> tuple[str, str]:
    """Return the help for a malformed reference to a parameter, and the section that it needs.

    If `text` is empty, the reference does not name a parameter.
    """
    if not text:
        name = next(iter(declared)) if len(declared) == 1 else "NAME"
        return f"Write {{$param: {name}}}" + (" with the name of a parameter." if name == "NAME" else "."), "parameters"
    if text in declared:
        return f"Write {{$param: {text}}}.", ""
    if meant := suggest_parameter(text, declared):
        return f"Did you mean {{$param: {meant}}}?", ""
    name = propose_parameter(text)
    return f"Write {{$param: {name}}}, and declare `{name}` under `parameters`.", "parameters"
