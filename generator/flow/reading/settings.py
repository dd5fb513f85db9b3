"""The sections `engine`, `encryption`, and `permissions`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from generator.findings import Finding, Rule, has_errors
from generator.findings.suggestions import advise_name, suggest_name
from generator.flow.api import PERMISSION_SHAPES, PROFILE_SHAPES, check_shape, find_place_shape, find_shape, fits_shape
from generator.flow.api.check import UNKNOWN_KEY, make_whole
from generator.flow.model import DAYS, Engine, GuardrailProfile, ParameterReference, Permissions, Value
from generator.flow.reading.rules import (
    INVALID_PERMISSION,
    INVALID_SECTION,
    UNDECLARED_PARAMETER,
    WILDCARD_PERMISSION,
)
from generator.flow.wording import describe_value, list_names
from generator.source.position import Path

ACCOUNT_SHAPE = PERMISSION_SHAPES["bucket_accounts"]
PERMISSION_KEYS = tuple(PERMISSION_SHAPES)
LIST_HELP = "Put the items in brackets, or write each on its own line after a dash."
WILDCARDS = frozenset("*?")
GEOGRAPHIES = {
    "us": re.compile("(?!us-gov-|us-iso|eu-|ap-|cn-).+"),
    "us-gov": re.compile("us-gov-.+"),
    "eu": re.compile("(?!eu-iso|us-|ap-|ca-|sa-|cn-).+"),
    "apac": re.compile("(?!us-|eu-|ca-|sa-|cn-).+"),
}
"""The possible destination Regions of a guardrail profile, by its prefix, as far as they are certain.

A profile can also route to a source Region outside its geography, such as ca-central-1 and me-central-1.
"""


def read_engine(value: Value, findings: list[Finding]) -> Engine | None:
    """Return the engine that a definition or flowseal.yaml sets; None if it sets none, or one that does not exist."""
    found = [] if value is None else check_shape(value, find_shape("Engine"), ("engine",))
    findings += found
    return Engine(value) if isinstance(value, str) and not found else None


def read_days(section: Value, findings: list[Finding]) -> dict[str, int]:
    """Return the valid settings of the section `encryption`, in days."""
    path: Path = ("encryption",)
    settings = read_section(section, path, tuple(DAYS), findings)
    days: dict[str, int] = {}
    for key, (least, most) in DAYS.items():
        value = make_whole(settings.get(key))
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            days[key] = value
        elif value is not None:
            found = describe_value(value)
            message = f"{key} must be a whole number of days from {least} to {most}, not {found}."
            findings.append(Finding(INVALID_SECTION, message, f"For example: `{key}: {most}`.", (*path, key)))
    return days


def read_permissions(section: Value, parameters: Collection[str], findings: list[Finding]) -> Permissions:
    """Return the valid entries of the section `permissions`. `parameters` are the names of all parameters."""
    path: Path = ("permissions",)
    settings = read_section(section, path, PERMISSION_KEYS, findings)
    models, kms_keys, profiles = (
        _read_list(settings.get(key), (*path, key), findings) for key in ("models", "kms_keys", "guardrail_profiles")
    )
    accounts = _read_accounts(settings.get("bucket_accounts"), (*path, "bucket_accounts"), parameters, findings)
    return Permissions(models, kms_keys, tuple(map(_build_profile, profiles)), accounts)


def read_section(section: object, path: Path, keys: tuple[str, ...], findings: list[Finding]) -> dict[str, Value]:
    """Return the settings of a section, or {} if it is absent or not a mapping; `keys` are the valid ones.

    The path () is that of a whole configuration.
    """
    if section is None:
        return {}
    if not isinstance(section, dict):
        what = f"`{path[-1]}`" if path else "The configuration"
        message = f"{what} must be a mapping with the keys {list_names(keys, 'and')}."
        findings.append(Finding(INVALID_SECTION, message, "Write it as a mapping, or remove it.", path))
        return {}
    for key in section:
        if key not in keys:
            help = advise_name(key, keys, f"Valid keys are {list_names(keys, 'and')}.")
            findings.append(report_unknown_setting(key, path, help))
    return section


def report_unknown_setting(key: str, path: Path, help: str) -> Finding:
    """Return the finding about an unknown key in the section at `path`."""
    match path:
        case ():
            place = "the configuration"
        case ("parameters", name):
            place = f"parameter {name!r}"
        case ("permissions", "guardrail_profiles", *_):
            place = "a guardrail profile"
        case _:
            place = f"`{path[-1]}`"
    return Finding(UNKNOWN_KEY, f"Unknown key {key!r} in {place}.", help, (*path, key), key=True)


def _read_list(value: Value, path: Path, findings: list[Finding]) -> tuple[Value, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        findings.append(Finding(INVALID_SECTION, f"{path[-1]} must be a list.", LIST_HELP, path))
        return ()
    right: list[Value] = []
    for index, item in enumerate(value):
        is_profile = path[-1] == "guardrail_profiles" and isinstance(item, dict)
        found = _check_profile(item, (*path, index)) if is_profile else _check_entry(item, (*path, index))
        findings += found
        if not found:
            right.append(item)
    return tuple(right)


def _check_entry(value: Value, path: Path) -> list[Finding]:
    shape = find_place_shape(path)
    if isinstance(value, ParameterReference) or shape is None:
        return []
    if finding := _find_wildcard(value, path):
        return [finding]
    if not value:
        message = f"An entry of {path[1]} is empty."
        return [Finding(INVALID_PERMISSION, message, "Fill in the entry, or remove it.", path)]
    by_id = find_shape(PROFILE_SHAPES["id"])
    if path[1] == "guardrail_profiles" and len(path) == 3 and not check_shape(value, by_id, path):
        message = f"Guardrail profile {value!r} is missing its destination Regions."
        help = f"Write {{id: {value}, regions: [...]}} with the destination Regions that AWS lists for the profile."
        return [Finding(INVALID_PERMISSION, message, help, path)]
    return check_shape(value, shape, path)


def _check_profile(profile: Value, path: Path) -> list[Finding]:
    """Check a guardrail profile given by its ID and Regions."""
    findings: list[Finding] = []
    settings = read_section(profile, path, tuple(PROFILE_SHAPES), findings)
    for key in PROFILE_SHAPES:
        # A misspelled key is already reported.
        if not settings.get(key) and not findings:
            message = f"The guardrail profile is missing the required key {key}."
            help = "For example: {id: us.guardrail.v1:0, regions: [us-east-1, us-east-2, us-west-2]}."
            findings.append(Finding(INVALID_PERMISSION, message, help, (*path, key) if key in settings else path))
    if findings:
        return findings
    regions = settings["regions"]
    if not isinstance(regions, list):
        return [Finding(INVALID_SECTION, "regions must be a list.", LIST_HELP, (*path, "regions"))]
    findings = _check_entry(settings["id"], (*path, "id"))
    for index, region in enumerate(regions):
        place = (*path, "regions", index)
        findings += _check_entry(region, place) or _check_geography(settings["id"], region, place)
    return findings


def _check_geography(profile: Value, region: Value, path: Path) -> list[Finding]:
    """Report a Region that a profile cannot route to, if its prefix leaves no doubt."""
    prefix = profile.partition(".")[0] if isinstance(profile, str) else ""
    if prefix not in GEOGRAPHIES or not isinstance(region, str) or GEOGRAPHIES[prefix].fullmatch(region):
        return []
    message = f"Guardrail profile {profile} does not route to {region}."
    help = "Use the destination Regions that AWS lists for the profile, or correct the profile's ID."
    return [Finding(INVALID_PERMISSION, message, help, path)]


def _build_profile(value: Value) -> GuardrailProfile | Value:
    if not isinstance(value, dict):
        return value
    regions = value["regions"]
    return GuardrailProfile(value["id"], tuple(regions) if isinstance(regions, list) else ())


def _read_accounts(
    value: Value, path: Path, parameters: Collection[str], findings: list[Finding]
) -> dict[str, Value] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        message = "bucket_accounts must be a mapping of buckets to the accounts that own them."
        findings.append(Finding(INVALID_SECTION, message, 'For example: {reports: "111122223333"}.', path))
        return None
    accounts: dict[str, Value] = {}
    for bucket, account in value.items():
        place = (*path, bucket)
        found = _check_bucket(bucket, place, parameters) + check_account(account, place, INVALID_PERMISSION)
        findings += found
        if not found:
            accounts[bucket] = account
    return accounts


def check_account(value: Value, path: Path, rule: Rule) -> list[Finding]:
    """Report a value that is not an account ID, under `rule`."""
    if fits_shape(value, ACCOUNT_SHAPE):
        return []
    message = "An account must be a 12-digit account ID, as a string."
    return [Finding(rule, message, 'Put the account ID in quotes, for example "111122223333".', path)]


def _check_bucket(bucket: str, path: Path, parameters: Collection[str]) -> list[Finding]:
    if bucket.startswith("$"):
        if bucket[1:] in parameters:
            return []
        message = f"{bucket!r} refers to parameter {bucket[1:]!r}, which is not declared."
        meant = suggest_name(bucket[1:], parameters)
        help = (
            f"Did you mean ${meant}?"
            if meant
            else "Write $ followed by the name of the parameter that is used as the bucket."
        )
        return [Finding(UNDECLARED_PARAMETER, message, help, path, key=True)]
    if finding := _find_wildcard(bucket, path):
        return [replace(finding, key=True)]
    if not bucket:
        return [Finding(INVALID_PERMISSION, "A bucket name is empty.", "Write the bucket's name.", path, key=True)]
    # A warning about the name is already reported at the node that uses the bucket.
    wrong = [found for found in check_shape(bucket, find_shape("FlowS3BucketName"), path) if has_errors([found])]
    findings = [replace(finding, key=True) for finding in wrong]
    if bucket in parameters:
        return [replace(finding, help=f"To refer to the parameter, write ${bucket}.") for finding in findings]
    return findings


def _find_wildcard(value: Value, path: Path) -> Finding | None:
    if not isinstance(value, str) or not WILDCARDS & set(value):
        return None
    help = "List each model, key, guardrail profile, or bucket, or use a parameter."
    return Finding(WILDCARD_PERMISSION, f"{value!r} contains a wildcard; permissions must be exact.", help, path)
