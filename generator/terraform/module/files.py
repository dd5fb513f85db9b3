"""Every file of a module: what has a template, what is copied, and what comes from the definition."""

from __future__ import annotations

import pkgutil
from functools import cache
from itertools import pairwise

from generator.flow.model import Node
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
    TEST_FILE: "flow.tftest.hcl.jinja",
    "variables.tf": "variables.tf.jinja",
    "versions.tf": "versions.tf.jinja",
}
"""The files that have a template in hcl_templates, with its name."""
NOT_HCL = frozenset({".gitattributes", "README.md"})
"""Those of which the proof checks only the first line. For any other template, it requires planned blocks."""
_COPIED = {"policies/deployment.json": "deployment_policy.json", "policies/plan.json": "plan_policy.json"}
_PARTS = {"system": "system", "messages": "message"}
"""What a part of a chat prompt is called in its file name, by the API's list that contains it."""


@cache
def read_deployment_policies() -> dict[str, str]:
    """Return the policies for the roles that run Terraform, by path in the module. All modules have the same.

    Nothing in the module attaches them: the owners of these roles do, before the first apply.
    """
    return {
        path: (pkgutil.get_data("generator", f"data/{name}") or b"").decode("utf-8") for path, name in _COPIED.items()
    }


def name_text_file(node: Node, path: Path) -> str:
    """Return the file for a prompt or for code, named after its node and part, such as prompts/Plan.system-1.txt."""
    if node.type == "InlineCode":
        return f"code/{node.name}.py"
    for key, following in pairwise(path):
        if key in _PARTS and isinstance(following, int):
            return f"prompts/{node.name}.{_PARTS[str(key)]}-{following + 1}.txt"
    return f"prompts/{node.name}.txt"
