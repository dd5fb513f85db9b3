"""The sections `encryption` and `permissions`."""

from __future__ import annotations

import pytest
from flow_documents import list_rules, make_flow, read

from generator.flow.model import Encryption, GuardrailProfile, ParameterReference

PROFILE = "arn:aws:bedrock:eu-west-1:111122223333:guardrail-profile/eu.guardrail.v1:0"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"


def test_the_key_s_settings_have_defaults() -> None:
    reading = read(make_flow(encryption={"deletion_window_in_days": 7}))
    assert reading.flow is not None
    assert reading.flow.encryption == Encryption(7, 365)


@pytest.mark.parametrize(
    ("encryption", "path"),
    [
        ({"deletion_window_in_days": 6}, ("encryption", "deletion_window_in_days")),
        ({"deletion_window_in_days": 31}, ("encryption", "deletion_window_in_days")),
        ({"rotation_period_in_days": 89}, ("encryption", "rotation_period_in_days")),
        ({"rotation_period_in_days": 2561}, ("encryption", "rotation_period_in_days")),
        ({"rotation_period_in_days": "365"}, ("encryption", "rotation_period_in_days")),
        ({"rotation_period_in_days": True}, ("encryption", "rotation_period_in_days")),
        ({"deletion_window": 7}, ("encryption", "deletion_window")),
        ([], ("encryption",)),
    ],
)
def test_settings_that_kms_rejects_are_reported(encryption: object, path: tuple[str, ...]) -> None:
    assert [finding.path for finding in read(make_flow(encryption=encryption)).findings] == [path]


def test_permissions_are_copied() -> None:
    permissions = {
        "models": ["amazon.nova-lite-v1:0"],
        "kms_keys": [KEY, {"$param": "other_key"}],
        "guardrail_profiles": [
            PROFILE,
            {"$param": "p"},
            {"id": {"$param": "i"}, "regions": [{"$param": "r"}, "eu-west-3"]},
        ],
        "bucket_accounts": {"reports": "111122223333", "$bucket": {"$param": "owner"}},
    }
    description = {"description": "x"}
    parameters = dict.fromkeys(("other_key", "owner", "bucket", "p", "i", "r"), description)
    document = make_flow(permissions=permissions, parameters=parameters, tags={"bucket": {"$param": "bucket"}})
    reading = read(document)
    assert reading.findings == []
    assert reading.flow is not None
    assert reading.flow.permissions.models == ("amazon.nova-lite-v1:0",)
    assert reading.flow.permissions.kms_keys == (KEY, ParameterReference("other_key"))
    by_id = GuardrailProfile(ParameterReference("i"), (ParameterReference("r"), "eu-west-3"))
    assert reading.flow.permissions.guardrail_profiles == (PROFILE, ParameterReference("p"), by_id)
    accounts = {"reports": "111122223333", "$bucket": ParameterReference("owner")}
    assert reading.flow.permissions.bucket_accounts == accounts


@pytest.mark.parametrize(
    ("permissions", "rule", "path"),
    [
        ({"models": ["*"]}, "WildcardPermission", ("permissions", "models", 0)),
        ({"models": [""]}, "InvalidPermission", ("permissions", "models", 0)),
        ({"models": "amazon.nova-lite-v1:0"}, "InvalidSection", ("permissions", "models")),
        ({"model": []}, "UnknownKey", ("permissions", "model")),
        ({"kms_keys": [KEY.replace("eu-west-1", "*")]}, "WildcardPermission", ("permissions", "kms_keys", 0)),
        ({"bucket_accounts": ["a"]}, "InvalidSection", ("permissions", "bucket_accounts")),
        ({"bucket_accounts": {"abc": 111122223333}}, "InvalidPermission", ("permissions", "bucket_accounts", "abc")),
        ({"bucket_accounts": {"abc": "1234"}}, "InvalidPermission", ("permissions", "bucket_accounts", "abc")),
        ({"bucket_accounts": {"a*": "111122223333"}}, "WildcardPermission", ("permissions", "bucket_accounts", "a*")),
        (
            {"bucket_accounts": {"$no": "111122223333"}},
            "UndeclaredParameter",
            ("permissions", "bucket_accounts", "$no"),
        ),
        ({"models": {"$param": "p"}}, "MisplacedReference", ("permissions", "models")),
        ({"models": [{"$file": "p"}]}, "MisplacedReference", ("permissions", "models", 0)),
        ([], "InvalidSection", ("permissions",)),
    ],
)
def test_inexact_permissions_are_reported(permissions: object, rule: str, path: tuple[object, ...]) -> None:
    assert list_rules(read(make_flow(permissions=permissions))) == [(rule, path)]


@pytest.mark.parametrize("bucket", ["reports-*", "", "A", "$no"])
def test_an_invalid_bucket_is_reported_at_its_name(bucket: str) -> None:
    reading = read(make_flow(permissions={"bucket_accounts": {bucket: "111122223333"}}))
    assert [(item.path[2:], item.key) for item in reading.findings] == [((bucket,), True)]


@pytest.mark.parametrize(
    ("profile", "rule", "end"),
    [
        ("us.guardrail.v1:0", "InvalidPermission", ()),
        ("us", "WrongLength", ()),
        ("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123", "MalformedValue", ()),
        (PROFILE.replace("eu-west-1", "*"), "WildcardPermission", ()),
        (["us.guardrail.v1:0"], "WrongType", ()),
        ({"id": "us.guardrail.v1:0"}, "InvalidPermission", ()),
        ({"id": "us.guardrail.v1:0", "regions": []}, "InvalidPermission", ("regions",)),
        ({"id": "us.guardrail.v1:0", "regions": "us-east-1"}, "InvalidSection", ("regions",)),
        ({"id": "us.guardrail.v1:0", "region": ["us-east-1"]}, "UnknownKey", ("region",)),
        ({"id": "us.guardrail.v1:0", "regions": ["*"]}, "WildcardPermission", ("regions", 0)),
        ({"id": "us.guardrail.v1:0", "regions": ["us-east-1", ""]}, "InvalidPermission", ("regions", 1)),
        ({"id": "us.guardrail.v1:0", "regions": ["us-east1"]}, "MalformedValue", ("regions", 0)),
        ({"id": "us.guardrail.v1:0", "regions": {"$param": "p"}}, "MisplacedReference", ("regions",)),
        ({"id": "guardrail.v1", "regions": ["us-east-1"]}, "WrongLength", ("id",)),
        ({"id": PROFILE, "regions": ["us-east-1"]}, "WrongLength", ("id",)),
        ({"id": "us-gov.guardrail.v1:0::", "regions": ["us-gov-west-1"]}, "MalformedValue", ("id",)),
        ({"id": "us.guardrail.v::1", "regions": ["us-east-1"]}, "MalformedValue", ("id",)),
        ({"id": "us.guardrail.v10", "regions": ["us-east-1"]}, "MalformedValue", ("id",)),
        (f"{PROFILE}:", "MalformedValue", ()),
        (
            {"id": "us-gov.guardrail.v1:0", "regions": ["us-gov-west-1", "us-east-1"]},
            "InvalidPermission",
            ("regions", 1),
        ),
        ({"id": "us.guardrail.v1:0", "regions": ["us-gov-west-1"]}, "InvalidPermission", ("regions", 0)),
        ({"id": "eu.guardrail.v1:0", "regions": ["us-east-1"]}, "InvalidPermission", ("regions", 0)),
        ({"id": "apac.guardrail.v1:0", "regions": ["eu-west-1"]}, "InvalidPermission", ("regions", 0)),
    ],
)
def test_a_guardrail_profile_without_regions_is_reported(profile: object, rule: str, end: tuple[object, ...]) -> None:
    document = make_flow(permissions={"guardrail_profiles": [profile]})
    assert list_rules(read(document)) == [(rule, ("permissions", "guardrail_profiles", 0, *end))]


@pytest.mark.parametrize("key", [KEY.replace("key/", "alias/"), "12345678-1234-1234-1234-123456789012"])
def test_keys_are_given_by_their_arn(key: str) -> None:
    (finding,) = read(make_flow(permissions={"kms_keys": [key]})).findings
    assert finding.path == ("permissions", "kms_keys", 0)
