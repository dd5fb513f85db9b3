"""Make tests/terraform/standin/schema.json from the generated CDK bindings of the AWS provider.

Usage: python tools/refresh_standin_schema.py [--package cdktn-provider-aws==25.8.1 | --file PACKAGE.whl] [-o FILE]

The wheel carries the JavaScript of the bindings. It says more than the Python does: before each member stands a comment
with the three flags (computed, optional, required), and the function that writes a struct as HCL names blocks and kinds
of collections. It is read as text, streamed; nothing is installed. What it does not tell is not written: max_items of
blocks that the provider limits by validators, sensitive, validators, defaults, what forces replacement.
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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

OUTPUT = Path(__file__).parent.parent / "tests" / "terraform" / "standin" / "schema.json"
RESOURCES = (
    "aws_bedrockagent_flow",
    "aws_cloudcontrolapi_resource",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy_attachment",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_kms_key_policy",
)
DATA_SOURCES = ("aws_caller_identity", "aws_default_tags", "aws_iam_policy_document", "aws_partition", "aws_region")
PROVIDER, DECLARATIONS = "provider", "provider.d"
BY_GETTER: Mapping[str, Any] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
}
BY_STORAGE: Mapping[str, str] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringMap": "string",
    "stringList": "string",
    "numberList": "number",
    "any": "dynamic",
}
CLASS = re.compile(r"^class (\w+) extends [\w.]+ \{$", re.MULTILINE)
STRUCT = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
WRITTEN = re.compile(
    r"^ +(\w+): \{\n +value: (.*),\n +isBlock: (true|false),\n +type: \"(\w+)\",\n +storageClassType: \"(\w+)\",\n",
    re.MULTILINE,
)
FLAGS = re.compile(r"^ +// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)$", re.MULTILINE)
INNER = re.compile(r"= new (?:cdk\w*\.)?(\w+)\(this, \"\w+\"(?:, (true|false))?\)")
GETTER = re.compile(r"return (cdk\w*\.Fn\.tolist\()?this\.(?:get(\w+)Attribute|interpolationForAttribute)\('\w+'\)")
INTERFACE = re.compile(r"^export interface (\w+)[^{]*\{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """How the bindings write one member as HCL: by which function, as a block or not, as which kind of collection."""

    function: str
    is_block: bool
    kind: str
    storage: str

    def find_type(self) -> Any:
        """Return the type that Terraform's schema gives to it."""
        item = BY_STORAGE.get(self.storage, "string")
        return item if self.kind == "simple" else [self.kind, item]


class Bindings:
    """One generated file of the bindings, cut into its classes and into what writes its structs."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"^//#.*$", "", text, flags=re.MULTILINE)
        heads = [(found[1], found.start()) for found in CLASS.finditer(self.text)]
        ends = [start for _, start in heads] + [len(self.text)]
        self.classes = {name: self.text[start:end] for (name, start), end in zip(heads, ends[1:], strict=True)}
        self.structs = {name: read_written(body) for name, body in STRUCT.findall(self.text)}

    def find_class(self, pattern: str) -> str:
        """Return the name of the one class that a pattern is found in."""
        (name,) = (name for name, body in self.classes.items() if re.search(pattern, body))
        return name

    def find_written(self, name: str) -> dict[str, Written]:
        """Return how the members of a class are written."""
        _, found, body = self.classes[name].partition("synthesizeHclAttributes() {")
        struct = name.removesuffix("OutputReference")
        return read_written(body) if found else self.structs.get(struct[0].lower() + struct[1:], {})

    def build_block(self, name: str) -> Block:
        """Return a class as a block of the schema."""
        attributes, blocks, written = {}, {}, self.find_written(name)
        for member, flags, body in list_members(self.classes[name]):
            how = written.get(member)
            inner = INNER.search(body)
            if inner and inner[1] not in BY_GETTER:
                nesting = find_nesting(how, inner)
                block = self.build_block(re.sub(r"(List|Map)$", "OutputReference", inner[1]))
                if how and how.is_block:
                    blocks[member] = {"nesting_mode": nesting, "block": block, **limit_items(flags, nesting, inner)}
                else:
                    kind = build_object_type(block)
                    attributes[member] = {"type": kind if nesting == "single" else [nesting, kind], **flags}
            else:
                attributes[member] = {"type": find_type(f"{name}.{member}", body, inner, how), **flags}
        return write_block(attributes, blocks)


def read_written(body: str) -> dict[str, Written]:
    """Return what a function that writes HCL says of each member."""
    found = WRITTEN.findall(body)
    return {
        name: Written(function, is_block == "true", kind, storage) for name, function, is_block, kind, storage in found
    }


def list_members(body: str) -> Iterator[tuple[str, dict[str, bool], str]]:
    """Yield the members of a class: name, flags that are set, and the text up to the next one."""
    heads = list(FLAGS.finditer(body))
    ends = [head.start() for head in heads] + [len(body)]
    for head, end in zip(heads, ends[1:], strict=True):
        flags = zip(("computed", "optional", "required"), head.groups()[1:], strict=True)
        yield head[1], {flag: True for flag, value in flags if value == "true"}, body[head.end() : end]


def find_nesting(how: Written | None, inner: re.Match[str]) -> str:
    """Return the nesting mode of a member that has members of its own."""
    if how:
        return "single" if how.kind == "struct" else how.kind
    if inner[2] == "true":
        return "set"
    return "list" if inner[1].endswith("List") else "single"


def limit_items(flags: dict[str, bool], nesting: str, inner: re.Match[str]) -> dict[str, int]:
    """Return how many blocks there must and may be, as far as the bindings tell."""
    least = {"min_items": 1} if flags.get("required") else {}
    is_one = nesting in ("list", "set") and inner[1].endswith("OutputReference")
    return least | ({"max_items": 1} if is_one else {})


def find_type(place: str, body: str, inner: re.Match[str] | None, how: Written | None) -> Any:
    """Return the type of a plain member, by its getter, else by how it is written."""
    getter = GETTER.search(body)
    kind = BY_GETTER.get(getter[2] or "String") if getter else BY_GETTER.get(inner[1]) if inner else None
    if getter and getter[1] and isinstance(kind, list):
        return ["set", kind[1]]
    if kind is None and how is None:
        raise SystemExit(f"{place}: no type found")
    return kind or (how and how.find_type())


def build_object_type(block: Block) -> Any:
    """Return a block as a type, for computed attributes that are lists of objects."""
    members = {name: item["type"] for name, item in block.get("attributes", {}).items()}
    nested = block.get("block_types", {}).items()
    return [
        "object",
        members | {name: [item["nesting_mode"], build_object_type(item["block"])] for name, item in nested},
    ]


def write_block(attributes: dict[str, Any], blocks: dict[str, Any]) -> Block:
    """Return a block, its names sorted."""
    block = {"attributes": dict(sorted(attributes.items()))}
    return {**block, "block_types": dict(sorted(blocks.items()))} if blocks else block


def build_provider_block(bindings: Bindings, declarations: str) -> Block:
    """Return the provider's configuration. It has no comments with flags: TypeScript's `?` stands for optional."""
    interfaces = dict(INTERFACE.findall(declarations))

    def build(written: dict[str, Written], interface: str) -> Block:
        attributes, blocks = {}, {}
        for name, how in written.items():
            if how.is_block:
                (struct,) = re.findall(r"(\w+)ToHclTerraform", how.function)
                block = build(bindings.structs[struct], struct[0].upper() + struct[1:])
                blocks[name] = {"nesting_mode": "single" if how.kind == "struct" else how.kind, "block": block}
            else:
                declared = re.search(rf"readonly {write_camel(name)}(\??):", interfaces.get(interface, ""))
                flag = "required" if declared and not declared[1] else "optional"
                attributes[name] = {"type": how.find_type(), flag: True}
        return write_block(attributes, blocks)

    main = bindings.find_class(r"^class \w+ extends \w+\.TerraformProvider \{")
    block = build(bindings.find_written(main), f"{main}Config")
    del block["attributes"]["alias"]  # Terraform's own argument
    return block


def write_camel(name: str) -> str:
    """Return a name of Terraform's as JavaScript spells it."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def read_sources(package: Path, names: set[str]) -> dict[str, str]:
    """Return the files of a wheel, or of the tarball inside it, by the resource that each is of."""
    if package.suffix != ".whl":
        with package.open("rb") as stream:
            return read_tarball(stream, names)
    with zipfile.ZipFile(package) as wheel:
        (tarball,) = (name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
        with wheel.open(tarball) as stream:
            return read_tarball(stream, names)


def read_tarball(stream: IO[bytes], names: set[str]) -> dict[str, str]:
    """Return the files of the bindings by their names: kms_key for lib/kms-key/index.js."""
    found = {}
    with tarfile.open(fileobj=stream, mode="r|gz") as tarball:
        for member in tarball:
            match = re.fullmatch(r"package/lib/([\w-]+)/index(\.d)?\.[jt]s", member.name)
            name = match[1].replace("-", "_") + (match[2] or "") if match else ""
            if name in names and (text := tarball.extractfile(member)) is not None:
                found[name] = text.read().decode()
    return found


def extract_schemas(package: Path) -> dict[str, Any]:
    """Return the schemas of the resources and data sources that our modules use, and the provider's own."""
    wanted = {name.removeprefix("aws_"): ("resource_schemas", name) for name in RESOURCES}
    wanted |= {f"data_{name}": ("data_source_schemas", name) for name in DATA_SOURCES}
    sources = read_sources(package, {*wanted, PROVIDER, DECLARATIONS})
    if missing := sorted({*wanted, PROVIDER, DECLARATIONS} - sources.keys()):
        raise SystemExit(f"not in the package: {', '.join(missing)}")
    provider = build_provider_block(Bindings(sources[PROVIDER]), sources[DECLARATIONS])
    schemas: dict[str, Any] = {"provider": {"version": 0, "block": provider}}
    for source, (group, name) in wanted.items():
        bindings = Bindings(sources[source])
        block = bindings.build_block(bindings.find_class(f'tfResourceType = "{name}"'))
        schemas.setdefault(group, {})[name] = {"version": 0, "block": block}
    (version,) = set(re.findall(r"providerVersion: '([\d.]+)'", "".join(sources.values())))
    return {"provider_version": version, **schemas}


def main() -> None:
    """Write the schema, sorted, so that another release of the bindings is a diff."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", default="cdktn-provider-aws==25.8.1")
    parser.add_argument("--file", type=Path, help="a wheel or its inner tarball, already here")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    given = parser.parse_args()
    source = f"PyPI {given.package.replace('==', ' ')} (MPL-2.0), read by tools/refresh_standin_schema.py"
    with tempfile.TemporaryDirectory() as folder:
        package = given.file
        if package is None:
            download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, given.package]
            subprocess.run(download, check=True)
            (package,) = Path(folder).iterdir()
        schemas = {"source": source, **extract_schemas(package)}
    given.output.write_text(json.dumps(schemas, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
