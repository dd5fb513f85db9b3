"""Texts in the shape of credentials, and texts that only look a little like it."""

from __future__ import annotations

import pytest

from generator.validation.credentials import EXAMPLES, KINDS, SHAPES, SIGNS

# Put together here, so that this file holds none.
CREDENTIALS = {
    "aws_key": "AKIA" + "QWERTYUIOPASDFGH",
    "private_key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "github": "ghp_" + "a1B2c3D4e5" * 4,
    "slack": "xoxb-" + "918273645x-abcdefghijkl",
    "stripe": "sk_live_" + "a1B2c3D4e5F6g7H8i9J0k1",
    "google": "AIza" + "a1B2c3D4e5" * 3 + "abcde",
    "model": "sk-ant-api03-" + "a1B2c3D4e5" * 4,
    "token": "eyJ" + "hbGciOiJIUzI1" + ".eyJ" + "zdWIiOiJhYmMi" + ".c2lnbmF0dXJlMQ",
    "address": "postgres://app:" + "s3cretw0rd@db.internal/orders",
    "password": 'password = "' + 'correct9horse"',
    "aws_secret": "aws_secret_access_key = " + "wJalrXUtnFEMIK7MDENGbPxRfiCYQZAB3cdefGHI",
}
HARMLESS = [
    "The key to success: password managers.",
    "https://example.com:8443/path?token=abc",
    "Say which API key the customer lost.",
    'api_key = os.environ["API_KEY"]',
    'password = "{{password}}"',
    'secret = "no-digits-in-it"',
    "AKIA" + "IOSFODNN7EXAMPLE",
    "postgres://user:password@host/db",
    "task-sk-1 of the plan",
    "sk-learn and scikit",
    "-----BEGIN CERTIFICATE-----",
    'password = "your-password-1234"',
    "aws_secret_access_key = <put yours here>",
]


def find_credentials(text: str) -> list[str]:
    return [match.lastgroup or "" for match in SHAPES.finditer(text) if not EXAMPLES.search(match.group())]


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_is_told_by_its_shape(kind: str) -> None:
    assert find_credentials(f"x = 1\n{CREDENTIALS[kind]}\ny") == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_no_credential_is_left_out_by_the_quick_look(kind: str) -> None:
    assert any(sign in CREDENTIALS[kind].lower() for sign in SIGNS)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_credential_is_left_alone(text: str) -> None:
    assert find_credentials(text) == []
