"""Every file of a module: what has a template, what is copied, and what comes from the definition."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from itertools import pairwise

from generator.flow.model import Engine, Node
from generator.source.position import Path

TEST_FILE = "tests/flow.tftest.hcl"
TEMPLATES = {
    ".gitattributes": "gitattributes.jinja",
    "README.md": "README.md.jinja",
    "iam.tf": "iam.tf.jinja",
    "kms.tf": "kms.tf.jinja",
    "main.tf": "main.tf.jinja",
    "outputs.tf": "outputs.tf.jinja",
    "permissions.tf": "permissions.tf.jinja",
    "release.tf": "release.tf.jinja",
    TEST_FILE: "flow.tftest.hcl.jinja",
    "variables.tf": "variables.tf.jinja",
    "versions.tf": "versions.tf.jinja",
}
"""The files that have a template in hcl_templates, with its name. Only a flow with a release has release.tf."""
NOT_HCL = frozenset({".gitattributes", "README.md"})
"""Those of which the proof checks only the first line. For any other template, it requires planned blocks."""
_COPIED = {"policies/deployment.json": "deployment_policy.json", "policies/plan.json": "plan_policy.json"}
_COPIED_FOR_CLOUD_CONTROL = {"schemas/flow.json": "release/flow.json"}
_COPIED_FOR_RELEASE = {
    "schemas/flow-alias.json": "release/flow-alias.json",
    "schemas/flow-version.json": "release/flow-version.json",
}
_COPIED_FOR_NATIVE_RELEASE = {"scripts/prepare-flow.sh": "release/prepare-flow.sh"}
_PARTS = {"system": "system", "messages": "message"}
"""What a part of a chat prompt is called in its file name, by the API's list that contains it."""
_ORCHESTRATION = "orchestrationConfiguration"


@cache
def read_copied_files(is_released: bool, engine: Engine = Engine.NATIVE) -> dict[str, str]:
    """Return the files whose content does not depend on the definition, by path in the module.

    Every module has the policies for the roles that run Terraform. Nothing in the module attaches them: the owners of
    these roles do, before the first apply. A module with a release or with the engine `cloud-control` needs more
    permissions, and has more files.
    """
    files = {path: _read_data(name) for path, name in _COPIED.items()}
    if engine is Engine.CLOUD_CONTROL:
        files |= {path: _read_data(name) for path, name in _COPIED_FOR_CLOUD_CONTROL.items()}
    elif is_released:
        files |= {path: _read_data(name) for path, name in _COPIED_FOR_NATIVE_RELEASE.items()}
    if is_released or engine is Engine.CLOUD_CONTROL:
        parts = ("release" if is_released else "preparation", "cloud_control")
        for path, statements in json.loads(_read_data("release/policies.json")).items():
            policy = json.loads(files[path])
            policy["Statement"] += [statements[part] for part in parts if part in statements]
            files[path] = json.dumps(policy, indent=2) + "\n"
    if is_released:
        files |= {path: _read_data(name) for path, name in _COPIED_FOR_RELEASE.items()}
    return files


def name_text_file(node: Node, path: Path) -> str:
    """Return the file for a prompt or for code, named after its node and part, such as prompts/Plan.system-1.txt.

    Each loop has a folder: names are unique in a definition, but a loop's nodes can be named like those outside.
    """
    if node.type == "InlineCode":
        return f"code/{node.full_name}.py"
    for key, following in pairwise(path[len(node.path) :]):
        if key in _PARTS and isinstance(following, int):
            return f"prompts/{node.full_name}.{_PARTS[str(key)]}-{following + 1}.txt"
    part = ".orchestration" if _ORCHESTRATION in path[len(node.path) :] else ""
    return f"prompts/{node.full_name}{part}.txt"


def _read_data(name: str) -> str:
    return (pkgutil.get_data("generator", f"data/{name}") or b"").decode("utf-8")
