"""The data files are what their scripts make."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LISTING = ROOT.parent / "shared" / "facts" / "aws_bedrockagent_flow.schema.txt"
POLICIES = ROOT.parent / "shared" / "encryption-flows.policies.json"
sys.path.insert(0, str(ROOT / "tools"))

refresh_api = pytest.importorskip("refresh_api")
refresh_provider = pytest.importorskip("refresh_provider")


def load_data(name: str) -> dict[str, object]:
    data: dict[str, object] = json.loads((ROOT / "generator" / "data" / name).read_text(encoding="utf-8"))
    return data


def test_the_api_is_what_the_installed_botocore_says() -> None:
    made, data = refresh_api.make_api(), load_data("bedrock_flow_api.json")
    is_newer = made["botocore"] != data["botocore"]
    release = {name: made[name] for name in ("botocore", "source")} if is_newer else {}
    if is_newer and made != data | release:
        pytest.skip(f"botocore {made['botocore']} has another model than the data: run tools/refresh_api.py")
    assert made == data | release


@pytest.mark.skipif(not LISTING.exists(), reason="the provider's listing is not here")
def test_the_provider_is_what_its_listing_says() -> None:
    assert refresh_provider.read_listing(LISTING.read_text(encoding="utf-8")) == load_data("aws_provider_flow.json")


def test_a_validator_that_is_not_known_is_not_lost() -> None:
    listing = "x of hashicorp/aws 1.0.0: text\n\nname: string, required; sorcery\n"
    with pytest.raises(KeyError):
        refresh_provider.read_listing(listing)


@pytest.mark.skipif(not POLICIES.exists(), reason="the page's policies are not here")
def test_the_page_is_transcribed_right() -> None:
    policies = load_data("encryption_flows_page.json")["policies"]
    assert isinstance(policies, dict)
    assert list(policies.values()) == json.loads(POLICIES.read_text(encoding="utf-8"))
