"""Defects of texts: variables that nothing fills in, and what should not stand there."""

from __future__ import annotations

from collections.abc import Iterator

from defects.planting import Planted, Site, plants

SECRET = "AKIA" + "QWERTYUIOPASDFGH"
"""In the shape of an access key, and none."""


@plants("UnfilledPromptVariable")
def list_variable(site: Site) -> Iterator[Planted]:
    """List one more variable in each inline prompt."""
    rule = "UnfilledPromptVariable"
    for at in range(len(site.nodes)):
        members = ("prompt", "sourceConfiguration", "inline", "templateConfiguration")
        made = site.copy()
        value = made.nodes[at].get("configuration", {})
        for member in members:
            value = value.get(member, {})
        for kind, template in value.items():
            variables = template.setdefault("inputVariables", [])
            variables.append({"name": "extra"})
            path = made.node_path(at, "configuration", *members, kind, "inputVariables", len(variables) - 1, "name")
            yield Planted(rule, "add a variable", made.document, ((rule, path),))


@plants("UnfilledPromptVariable")
def write_variable(site: Site) -> Iterator[Planted]:
    """Write one more variable into the text of each prompt that is one text."""
    rule = "UnfilledPromptVariable"
    members = ("configuration", "prompt", "sourceConfiguration", "inline", "templateConfiguration", "text")
    for at in range(len(site.nodes)):
        made = site.copy()
        value = made.nodes[at]
        for member in members:
            value = value.get(member, {})
        if value:
            text = value["text"]
            whole = site.files[text["$file"]] if isinstance(text, dict) else text
            value["text"] = f"{whole}\n{{{{extra}}}}"
            yield Planted(rule, "write a variable", made.document, ((rule, made.node_path(at, *members, "text")),))


@plants("CredentialInText")
def write_secret(site: Site) -> Iterator[Planted]:
    """Write what looks like a key into a tag, and into each node's code."""
    rule = "CredentialInText"
    if site.root == ("definition",):
        made = site.copy()
        made.document["tags"] = {**site.document.get("tags", {}), "key": SECRET}
        yield Planted(rule, "write into a tag", made.document, ((rule, ("tags", "key")),))
    for at, node in enumerate(site.nodes):
        if node["type"] == "InlineCode":
            made = site.copy()
            made.nodes[at]["configuration"]["inlineCode"]["code"] = f"key = '{SECRET}'\nkey"
            path = made.node_path(at, "configuration", "inlineCode", "code")
            yield Planted(rule, "write into code", made.document, ((rule, path),))
