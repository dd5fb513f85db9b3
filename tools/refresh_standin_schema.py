"""Make tests/standin/schema.json from the generated CDK bindings of the AWS provider.

Usage: python tools/refresh_standin_schema.py [--package cdktn-provider-aws==25.8.1 | --file PACKAGE.whl] [-o FILE]

The wheel carries the JavaScript of the bindings. It says more than the Python does: before every member stands a
comment with the three flags (computed, optional, required), and the synthesizer of every struct names blocks and
kinds of collections. It is read as text, streamed: nothing is installed. What it does not tell is not written:
max_items, sensitive, validators, defaults, what forces replacement.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "tests" / "standin" / "schema.json"
RESOURCES = (
    "aws_bedrockagent_flow",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy_attachment",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_kms_key_policy",
)
DATA = ["aws_caller_identity", "aws_partition", "aws_region", "aws_iam_policy_document"]
SCALAR = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
}
STORED = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringMap": "string",
    "stringList": "string",
    "numberList": "number",
    "any": "dynamic",
}
FLAGS = re.compile(r"^ +// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)$")
MADE = re.compile(r"= new (?:cdk\w*\.)?(\w+)\(this, \"(\w+)\"(?:, (true|false))?\)")
GETTER = re.compile(r"return (cdk\w*\.Fn\.tolist\()?this\.(?:get(\w+)Attribute|interpolationForAttribute)\('(\w+)'\)")
HCL = re.compile(
    r"^ +(\w+): \{\n +value: (.*),\n +isBlock: (true|false),\n +type: \"(\w+)\",\n +storageClassType: \"(\w+)\",\n",
    re.M,
)


def sources(path, wanted):
    """{tf name or 'provider': text of its module}, for the names in wanted; from the wheel or the tarball inside it"""

    def key(member):
        """lib/kms-key/index.js holds kms_key"""
        folder, file = member.split("/")[-2:]
        return {"index.js": folder.replace("-", "_"), "index.d.ts": "provider.d" if folder == "provider" else None}.get(
            file
        )

    def pick(stream):
        found = {}
        with tarfile.open(fileobj=stream, mode="r|gz") as tar:
            for m in tar:
                name = key(m.name) if m.name.startswith("package/lib/") else None
                if name in wanted:
                    found[name] = tar.extractfile(m).read().decode()
        return found

    if str(path).endswith(".whl"):
        with zipfile.ZipFile(path) as z:
            inner = next(n for n in z.namelist() if n.endswith(".jsii.tgz"))
            with z.open(inner) as f:
                return pick(f)
    with open(path, "rb") as f:
        return pick(f)


def split_classes(text):
    """{class name: body}; the file is generated, so classes start at column 0"""
    text = re.sub(r"^//#.*$", "", text, flags=re.M)
    out, at = {}, [(m.group(1), m.start()) for m in re.finditer(r"^class (\w+) extends [\w.]+ \{$", text, re.M)]
    for i, (name, start) in enumerate(at):
        out[name] = text[start : at[i + 1][1] if i + 1 < len(at) else len(text)]
    return out


def split_hcl(text):
    """{function name: {member: (value, isBlock, type, stored)}} for the structs"""
    out = {}
    for m in re.finditer(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}$", text, re.M | re.S):
        out[m.group(1)] = {n: (v, b == "true", t, s) for n, v, b, t, s in HCL.findall(m.group(2))}
    return out


def hcl_of(cls, classes, hcl):
    """Return what the synthesizer of a class says of its members."""
    if "synthesizeHclAttributes() {" in classes[cls]:
        body = classes[cls].split("synthesizeHclAttributes() {")[1]
        return {n: (v, b == "true", t, s) for n, v, b, t, s in HCL.findall(body)}
    struct = cls.removesuffix("OutputReference")
    return hcl.get(struct[0].lower() + struct[1:], {})


def members(body):
    """(name, flags, lines that follow) for each flagged member of a class"""
    lines, out = body.split("\n"), []
    for line in lines:
        m = FLAGS.match(line)
        if m:
            out.append(
                (
                    m.group(1),
                    {
                        k: True
                        for k, v in zip(("computed", "optional", "required"), m.groups()[1:], strict=True)
                        if v == "true"
                    },
                    [],
                )
            )
        elif out:
            out[-1][2].append(line)
    return [(n, f, "\n".join(x)) for n, f, x in out]


def object_type(block):
    """a block as a type, for computed attributes that are lists of objects"""
    o = {n: a["type"] for n, a in block.get("attributes", {}).items()}
    for n, b in block.get("block_types", {}).items():
        o[n] = [b["nesting_mode"], object_type(b["block"])]
    return ["object", o]


def block_of(cls, classes, hcl):
    """Return a class as a block of the schema."""
    attrs, blocks, synth = {}, {}, hcl_of(cls, classes, hcl)
    for name, flags, text in members(classes[cls]):
        _, is_block, kind, stored = synth.get(name, ("", False, None, None))
        made = MADE.search(text)
        nested = (
            made and re.sub(r"(List|Map)$", "OutputReference", made.group(1))
            if made and made.group(1) not in ("StringMap", "NumberMap", "BooleanMap")
            else None
        )
        if nested and nested in classes:
            inner = block_of(nested, classes, hcl)
            mode = {"struct": "single"}.get(kind, kind) or (
                "set" if made.group(3) == "true" else "list" if made.group(1).endswith("List") else "single"
            )
            if is_block:
                blocks[name] = {"nesting_mode": mode, "block": inner}
                if flags.get("required"):
                    blocks[name]["min_items"] = 1
                if mode in ("list", "set") and made.group(1).endswith("OutputReference"):
                    blocks[name]["max_items"] = 1
            else:
                attrs[name] = {"type": [mode, object_type(inner)] if mode != "single" else object_type(inner), **flags}
            continue
        got = GETTER.search(text)
        t = SCALAR.get(got.group(2) or "String") if got else SCALAR.get(made.group(1)) if made else None
        if got and got.group(1) and isinstance(t, list):
            t = ["set", t[1]]
        if t is None and kind:  # the provider's own arguments have no typed getter
            t = STORED.get(stored, "string") if kind == "simple" else [kind, STORED.get(stored, "string")]
        if t is None:
            raise SystemExit(f"{cls}.{name}: no type found")
        attrs[name] = {"type": t, **flags}
    out = {"attributes": dict(sorted(attrs.items()))}
    if blocks:
        out["block_types"] = dict(sorted(blocks.items()))
    return out


def camel(name):
    """Return a name of Terraform's as JavaScript spells it."""
    head, *rest = name.split("_")
    return head + "".join(x.title() for x in rest)


def provider_block(text, types):
    """the provider's configuration: types from the synthesizer, optional or required from the type declarations"""
    classes, hcl = split_classes(text), split_hcl(text)
    faces = {
        m.group(1): m.group(2) for m in re.finditer(r"^export interface (\w+)[^{]*\{\n(.*?)^\}$", types, re.M | re.S)
    }

    def walk(synth, face):
        attrs, blocks = {}, {}
        for name, (value, is_block, kind, stored) in synth.items():
            need = re.search(rf"readonly {camel(name)}(\??):", faces.get(face, ""))
            flags = {"required": True} if need and not need.group(1) else {"optional": True}
            if is_block:
                inner = re.search(
                    r"(\w+)ToHclTerraform", value.replace("cdktn.", "").replace("listMapperHcl(", "")
                ).group(1)
                blocks[name] = {
                    "nesting_mode": "single" if kind == "struct" else kind,
                    "block": walk(hcl[inner], inner[0].upper() + inner[1:]),
                }
            else:
                attrs[name] = {
                    "type": STORED.get(stored, "string") if kind == "simple" else [kind, STORED.get(stored, "string")],
                    **flags,
                }
        out = {"attributes": dict(sorted(attrs.items()))}
        return {**out, "block_types": dict(sorted(blocks.items()))} if blocks else out

    main = re.search(r"^class (\w+) extends cdk\w*\.TerraformProvider \{$", text, re.M).group(1)
    out = walk(hcl_of(main, classes, hcl), main + "Config")
    out["attributes"].pop("alias", None)  # Terraform's own argument
    return out


def extract(path, package):
    """Return the schemas of the resources and data sources that our modules use, and the provider's own."""
    key = {
        **{r.removeprefix("aws_"): ("resource_schemas", r) for r in RESOURCES},
        **{"data_" + d: ("data_source_schemas", d) for d in DATA},
    }
    src = sources(path, set(key) | {"provider", "provider.d"})
    missing = sorted(set(key) - set(src))
    if missing:
        raise SystemExit(f"not in the package: {missing}")
    out = {"provider": {"version": 0, "block": {}}, "resource_schemas": {}, "data_source_schemas": {}}
    if "provider" in src and "provider.d" in src:
        out["provider"]["block"] = provider_block(src["provider"], src["provider.d"])
    version = None
    for k, (group, name) in sorted(key.items()):
        classes, hcl = split_classes(src[k]), split_hcl(src[k])
        main = next(c for c, b in classes.items() if f'tfResourceType = "{name}"' in b)
        version = version or re.search(r"providerVersion: '([\d.]+)'", src[k]).group(1)
        out[group][name] = {"version": 0, "block": block_of(main, classes, hcl)}
    source = f"PyPI {package.replace('==', ' ')} (MPL-2.0), read by tools/refresh_standin_schema.py"
    return {"provider_version": version, "source": source, **out}


def main() -> None:
    """Write the schema, sorted, so that another release of the bindings is a diff."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", default="cdktn-provider-aws==25.8.1")
    parser.add_argument("--file", type=Path, help="a wheel or its inner tarball, already here")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.file
        if path is None:
            download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, given.package]
            subprocess.run(download, check=True)
            path = next(Path(folder).iterdir())
        found = extract(path, given.package)
    given.output.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
