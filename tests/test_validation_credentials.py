"""Texts in the shape of credentials, and texts that only look a little like it."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import Project

from generator.report import Format
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


def test_of_a_private_key_all_lines_are_pointed_at() -> None:
    begin, end = CREDENTIALS["private_key"], CREDENTIALS["private_key"].replace("BEGIN", "END")
    key = f"{begin}\nProc-Type: 4\n\nMIIEvQ+/\nAb3=\n{end}"
    (match,) = SHAPES.finditer(f"x\n{key}\ny\n")
    assert match.group() == key
    assert [match.group() for match in SHAPES.finditer(f"{begin}\nMIIE\n" * 2)] == [begin, begin]


def test_no_format_shows_a_credential(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    key = f"{CREDENTIALS['private_key']}\nMIIEvQ+/\n{CREDENTIALS['private_key'].replace('BEGIN', 'END')}"
    secrets = [text for kind, text in CREDENTIALS.items() if kind != "private_key"] + [key]
    project.define("one", text="\n".join([*secrets, "{{unknown}}"]))
    project.define("two", text={"$file": "ask.txt"})
    (project.folder / "flows" / "ask.txt").write_text(" and ".join(secrets) + " {{unknown}} {{question}}")
    parts = [match.group()[-9:-2] for text in secrets for match in SHAPES.finditer(text)]
    for output_format in Format:
        for command in ("validate", "generate"):
            printed = project.run(command, "--format", output_format, "--max-findings", "0").stdout
            assert printed.count("CredentialInText") >= 2 * len(secrets)
            assert not [part for part in parts if part in printed]
            assert "MIIE" not in printed


@pytest.mark.parametrize("kind", KINDS)
def test_no_credential_is_left_out_by_the_quick_look(kind: str) -> None:
    assert any(sign in CREDENTIALS[kind].lower() for sign in SIGNS)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_credential_is_left_alone(text: str) -> None:
    assert find_credentials(text) == []
