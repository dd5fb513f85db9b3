"""The data files are what their scripts make."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

from generator.flow.bedrock_models import load_known_models

LISTING = ROOT.parent / "shared" / "facts" / "aws_bedrockagent_flow.schema.txt"
POLICIES = ROOT.parent / "shared" / "encryption-flows.policies.json"
sys.path.insert(0, str(ROOT / "tools"))

refresh_api = pytest.importorskip("refresh_api")
refresh_models = pytest.importorskip("refresh_models")
refresh_provider = pytest.importorskip("refresh_provider")


def load_data(name: str) -> dict[str, object]:
    data: dict[str, object] = json.loads((ROOT / "generator" / "data" / name).read_text(encoding="utf-8"))
    return data


def test_the_api_data_matches_the_installed_botocore() -> None:
    made, data = refresh_api.make_api(), load_data("bedrock_flow_api.json")
    is_newer = made["botocore"] != data["botocore"]
    release = {name: made[name] for name in ("botocore", "source")} if is_newer else {}
    if is_newer and made != data | release:
        pytest.skip(f"botocore {made['botocore']} has another model than the data: run tools/refresh_api.py")
    assert made == data | release


@pytest.mark.skipif(not LISTING.exists(), reason="the provider's listing is not here")
def test_the_provider_data_matches_its_listing() -> None:
    assert refresh_provider.read_listing(LISTING.read_text(encoding="utf-8")) == load_data("aws_provider_flow.json")


def test_an_unknown_validator_is_kept() -> None:
    listing = "x of hashicorp/aws 1.0.0: text\n\nname: string, required; sorcery\n"
    with pytest.raises(KeyError):
        refresh_provider.read_listing(listing)


@pytest.mark.skipif(not POLICIES.exists(), reason="the page's policies are not here")
def test_the_page_is_transcribed_correctly() -> None:
    policies = load_data("encryption_flows_page.json")["policies"]
    assert isinstance(policies, dict)
    assert list(policies.values()) == json.loads(POLICIES.read_text(encoding="utf-8"))


PAGE = """
<tr><td>Nova Lite</td><td><code class="code">amazon.nova-lite-v1:0</code></td><td>us.amazon.nova-lite-v1:0.</td></tr>
| Kimi K2.5 | moonshotai.kimi-k2.5 | `global.moonshotai.kimi-k2.5` | docs.aws.amazon.com/bedrock us-east-1 |
arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0 "amazon.titan-text-*" aws.amazon.com amazon.com
"modelId": "somebody.first-model-v1:0", amazon.nova-&lt;size&gt; bedrock.us-east-1.amazonaws.com e.g. anthropic.claude-
"""
"""In the words of AWS's pages and of its command line."""


def test_a_page_yields_only_its_ids(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    found = refresh_models.find_identifiers(refresh_models.read_page(str(page)))
    before: dict[str, Any] = {"models": ["amazon.retired-v1"], "profiles": []}
    lists, left_out = refresh_models.make_models(found, before, ["moonshotai"])
    assert lists == {
        "models": [
            "amazon.nova-lite-v1:0",
            "amazon.retired-v1",
            "amazon.titan-embed-text-v2:0",
            "moonshotai.kimi-k2.5",
        ],
        "profiles": ["global.moonshotai.kimi-k2.5", "us.amazon.nova-lite-v1:0"],
    }
    assert left_out == {"somebody.first-model-v1:0"}


def test_the_model_list_is_what_the_script_writes() -> None:
    data = load_data("bedrock_models.json")
    head = {key: data.pop(key) for key in ("sources", "date")}
    found = {identifier for name in ("models", "profiles") for identifier in data[name]}  # type: ignore[attr-defined]
    lists, left_out = refresh_models.make_models(found, {"models": data["models"], "profiles": []}, [])
    assert not left_out
    text = (ROOT / "generator" / "data" / "bedrock_models.json").read_text(encoding="utf-8")
    assert refresh_models.write_models(head, lists) == text


def test_every_profile_has_its_model() -> None:
    known = load_known_models()
    assert [profile for profile in known.profiles if profile.partition(".")[2] not in known.models] == []
    assert known.prefixes.isdisjoint(known.vendors)


def test_the_models_in_examples_are_known() -> None:
    shown = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "examples" / "flows").rglob("*")]
    shown += [
        *(ROOT / "generator" / "scaffold" / "flow_templates").rglob("*"),
        *(ROOT / "generator" / "scaffold" / "repository_files").rglob("*"),
    ]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in shown if path.suffix in (".md", ".yaml", ".json"))
    known = load_known_models()
    found = {
        item for item in refresh_models.find_identifiers(texts) if refresh_models.name_vendor(item) in known.vendors
    }
    # The wrong examples of UnknownModelId and UnknownProfilePrefix.
    assert {item for item in found if not known.has(item)} == {"amazon.nova-light-v1:0", "sa.amazon.nova-lite-v1:0"}
    assert len(found) > 5
