"""The stand-in's schema: what a listing of the real one says of the flow, and what the script reads from bindings."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from paths import ROOT
from standin.schema import SCHEMA

LISTING = ROOT.parent / "shared" / "facts" / "aws_bedrockagent_flow.schema.txt"
TYPES = {
    '"string"': "string",
    '"number"': "number",
    '["list", "string"]': "list of string",
    '["map", "string"]': "map of string",
}
Path_ = tuple[str, ...]
sys.path.insert(0, str(ROOT / "tools"))

refresh_standin_schema = pytest.importorskip("refresh_standin_schema")


def list_names(block: dict[str, Any], above: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Yield every name below a block, with type and flags as the listing writes them."""
    for name, item in block["attributes"].items():
        flags = [flag for flag in ("required", "optional", "computed") if item.get(flag)]
        yield (*above, name), ", ".join([TYPES[json.dumps(item["type"])], *flags])
    for name, item in block.get("block_types", {}).items():
        yield (*above, name), {"list": "blocks", "single": "block"}[item["nesting_mode"]]
        yield from list_names(item["block"], (*above, name))


def read_listing() -> dict[Path_, str]:
    """Return every name of the listing, with type and flags; kinds of numbers are one on the wire."""
    found, above = {}, list[str]()
    for line in LISTING.read_text(encoding="utf-8").partition("\n\n")[2].splitlines():
        match = re.match(r"( *)(\w+): ([^;]*)", line)
        assert match is not None, line
        above = [*above[: len(match[1]) // 2], match[2]]
        found[tuple(above)] = re.sub("int64|int32|float32", "number", match[3])
    return found


@pytest.mark.skipif(not LISTING.exists(), reason="the provider's listing is not here")
def test_the_flow_agrees_with_the_listing_in_names_nesting_and_flags() -> None:
    found = dict(list_names(SCHEMA["resource_schemas"]["aws_bedrockagent_flow"]["block"]))
    # The listing names neither what every resource has since release 6, nor what the timeouts are.
    beyond = {("region",): "string, optional, computed"}
    beyond |= {("timeouts", step): "string, optional" for step in ("create", "update", "delete")}
    assert found == read_listing() | beyond


STRUCT = """
function thingPartToHclTerraform(struct) {
    const attrs = {
        size: {
            value: cdktn.numberToHclTerraform(struct.size),
            isBlock: false,
            type: "simple",
            storageClassType: "number",
        },
    };
}
class ThingPartOutputReference extends cdktn.ComplexObject {
    // size - computed: false, optional: false, required: true
    get size() {
        return this.getNumberAttribute('size');
    }
}
class ThingEmptyOutputReference extends cdktn.ComplexObject {
}
class Thing extends cdktn.TerraformResource {
    static tfResourceType = "aws_thing";
    // arn - computed: true, optional: false, required: false
    get arn() {
        return this.getStringAttribute('arn');
    }
    // names - computed: false, optional: true, required: false
    get names() {
        return cdktn.Fn.tolist(this.getListAttribute('names'));
    }
    // tags - computed: false, optional: true, required: false
    _tags = new cdktn.StringMap(this, "tags");
    // parts - computed: true, optional: false, required: false
    _parts = new ThingPartList(this, "parts", false);
    // part - computed: false, optional: false, required: true
    _part = new ThingPartList(this, "part", true);
    // empty - computed: false, optional: true, required: false
    _empty = new ThingEmptyOutputReference(this, "empty");
    synthesizeHclAttributes() {
        const attrs = {
            part: {
                value: cdktn.listMapperHcl(thingPartToHclTerraform, true)(this._part),
                isBlock: true,
                type: "set",
                storageClassType: "ThingPartList",
            },
            empty: {
                value: cdktn.listMapperHcl(thingEmptyToHclTerraform, true)(this._empty),
                isBlock: true,
                type: "list",
                storageClassType: "ThingEmptyList",
            },
        };
    }
}
"""


def test_a_block_is_read_from_the_bindings() -> None:
    part = {"attributes": {"size": {"type": "number", "required": True}}}
    assert refresh_standin_schema.Bindings(STRUCT).build_block("Thing") == {
        "attributes": {
            "arn": {"type": "string", "computed": True},
            "names": {"type": ["set", "string"], "optional": True},
            "parts": {"type": ["list", ["object", {"size": "number"}]], "computed": True},
            "tags": {"type": ["map", "string"], "optional": True},
        },
        "block_types": {
            "empty": {"nesting_mode": "list", "block": {"attributes": {}}, "max_items": 1},
            "part": {"nesting_mode": "set", "block": part, "min_items": 1},
        },
    }


def test_a_key_without_a_type_is_kept() -> None:
    text = STRUCT.replace("return this.getStringAttribute('arn');", "return something;")
    with pytest.raises(SystemExit, match="arn: no type found"):
        refresh_standin_schema.Bindings(text).build_block("Thing")
