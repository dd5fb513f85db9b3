"""Texts in the shape of credentials, and texts that only look a little like it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import Project

from generator.report import Format
from generator.report.differences import write_difference
from generator.source.credentials import KINDS, SIGNS, find_credentials, mask_credentials

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


def list_kinds(text: str) -> list[str]:
    return [match.lastgroup or "" for match in find_credentials(text)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_is_recognized_by_its_format(kind: str) -> None:
    assert list_kinds(f"x = 1\n{CREDENTIALS[kind]}\ny") == [kind]


def test_every_line_of_a_private_key_is_underlined() -> None:
    begin, end = CREDENTIALS["private_key"], CREDENTIALS["private_key"].replace("BEGIN", "END")
    key = f"{begin}\nProc-Type: 4\n\nMIIEvQ+/\nAb3=\n{end}"
    (match,) = find_credentials(f"x\n{key}\ny\n")
    assert match.group() == key
    assert [match.group() for match in find_credentials(f"{begin}\nMIIE\n" * 2)] == [begin, begin]


def test_no_format_shows_a_credential(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    key = f"{CREDENTIALS['private_key']}\nMIIEvQ+/\n{CREDENTIALS['private_key'].replace('BEGIN', 'END')}"
    secrets = [text for kind, text in CREDENTIALS.items() if kind != "private_key"] + [key]
    project.define("one", text="\n".join([*secrets, "{{unknown}}"]))
    project.define("two", text={"$file": "ask.txt"})
    (project.folder / "flows" / "ask.txt").write_text(" and ".join(secrets) + " {{unknown}} {{question}}")
    parts = [match.group()[-9:-2] for text in secrets for match in find_credentials(text)]
    for output_format in Format:
        for command in ("validate", "generate"):
            printed = project.run(command, "--format", output_format, "--max-findings", "0").stdout
            assert printed.count("CredentialInText") >= 2 * len(secrets)
            assert not [part for part in parts if part in printed]
            assert "MIIE" not in printed


@pytest.mark.parametrize("kind", KINDS)
def test_the_quick_check_misses_no_credential(kind: str) -> None:
    assert any(sign in CREDENTIALS[kind].lower() for sign in SIGNS[kind])


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_not_masked(text: str) -> None:
    assert list_kinds(text) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [str, repr, json.dumps, lambda text: json.dumps(json.dumps(text))])
def test_a_mask_has_the_length_of_the_credential(kind: str, write: Callable[[str], str]) -> None:
    text = write(f"the key:\n{CREDENTIALS[kind]}\nand {{{{question}}}}\n")
    masked = mask_credentials(text)
    (found,) = find_credentials(text)
    assert found.group()[-7:-2] not in masked
    assert len(masked) == len(text)
    assert masked.count("\n") == text.count("\n")
    assert "question" in masked


def test_a_truncated_private_key_is_masked_to_its_end() -> None:
    begin = CREDENTIALS["private_key"]
    for line_break in ("\n", "\r\n", "\\n"):
        assert "MIIE" not in mask_credentials(line_break.join([begin, "MIIEvQ+/" * 8, "MIIEvQ+/" * 3]))
    assert mask_credentials(f"{begin} is what a key begins with").endswith("is what a key begins with")


def test_a_difference_shows_no_credential() -> None:
    begin, end = CREDENTIALS["private_key"], CREDENTIALS["private_key"].replace("BEGIN", "END")
    lines = [f"line {number}" for number in range(30)]
    old = [*lines, begin, *["MIIEold+"] * 9, end, "last"]
    new = ["first", *lines, begin, *["MIIEold+"] * 8, "MIIEnew+", end, CREDENTIALS["aws_key"], "last"]
    shown = write_difference("a", "\n".join(old).encode(), "\n".join(new).encode())
    assert "MIIE" not in shown
    assert f"+AKIA{'*' * 16}\n last\n" in shown
    assert shown.count("\n-********\n+********\n") == 1
    assert "QWERTY" not in write_difference("a", None, CREDENTIALS["aws_key"].encode())
    plain = write_difference("a", b"one\ntwo", b"one\nthree\n")
    assert plain.endswith("@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+three\n")


DOCUMENTS = {
    "a-key-twice.flow.json": '{"name": "one", "name": "SECRET {{question}}"}',
    "a-key-twice.flow.yaml": 'name: "SECRET {{question}}"\nname: "SECRET"\n',
    "broken.flow.json": '{"name": "SECRET" "one"}',
    "broken.flow.yaml": 'name: "SECRET" {one\n',
    "misspelled.flow.yaml": "descripton: SECRET\ndefinition: {nodes: [], connections: []}\n",
    "a-value-quoted.flow.yaml": f"name: 'a name that is far too long, {'and ' * 5}SECRET {{{{x}}}}'\n",
    "a-line-break.flow.yaml": 'name: "see:\\nSECRET"\ndefinition: {nodes: SECRET}\n',
    "a-key-itself.flow.yaml": "SECRET: 1\n",
}


@pytest.mark.parametrize("file", DOCUMENTS)
@pytest.mark.parametrize("output_format", Format)
def test_a_credential_anywhere_is_masked(file: str, output_format: Format, tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    secret = CREDENTIALS["aws_key"]
    (project.folder / "flows" / file).write_text(DOCUMENTS[file].replace("SECRET", secret))
    printed = project.run("validate", "--format", output_format, expect=1).output
    assert secret[4:9] not in printed


@pytest.mark.parametrize("output_format", [Format.TEXT, Format.JSON])
def test_check_and_generate_show_no_credential_in_a_diff(output_format: Format, tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    secret = CREDENTIALS["aws_key"]
    project.define("one", text=f"Use {secret}.")
    project.run("generate", expect=0)
    (prompt,) = (project.modules / "one" / "prompts").iterdir()
    prompt.write_text(prompt.read_text().replace(secret, secret[::-1]).replace("Use", f"Take {secret}, no,"))
    for arguments in (["check", "--diff"], ["generate"]):
        printed = project.run(*arguments, "--format", output_format).output
        assert "AKIA****" in printed
        assert secret[4:9] not in printed
