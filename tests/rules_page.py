"""docs/rules.md, made from the rules' declarations and their pages."""

from __future__ import annotations

from rules import list_rules

from generator.diagnostics import Rule
from generator.report import Report, View
from generator.report.explanations import describe_suppression
from generator.report.people import write_findings
from generator.rule_catalogue import check_example
from generator.rule_pages import read_page

HEAD = """# Rules

Everything that flowseal may say of a definition, a text or the output folder; `flowseal rules NAME` prints the same.
Names are stable and never reused. An error stops the module, a warning does not (with `--strict` it does), and
`info` never does.

In YAML, a comment suppresses a finding of a rule that can be suppressed. Put it at the end of the reported line, or
alone on the line above; other comments may come in between:

```yaml
parameters:
  next_model: {} # flowseal: ignore[UnusedParameter] comes with the next release
```

Several names have commas between them. The reason is required. Only a comment counts: a `#` inside of a text is text.
Where the finding is about a text of several lines, the comment stands where that text begins, or above. Where it is in
a file that a `$file` names, the comment belongs in the definition, on the line of the `$file`, at its key, or above,
and applies to that reference alone. The summary counts what is suppressed. A comment that
suppresses nothing, does not name a rule, or names one that cannot be suppressed is itself a finding.

Each example below is run by the tests.

| name | severity | what |
|------|----------|------|
"""


def write_rules_page() -> str:
    """Return the page: a table of all rules, then one section a rule."""
    rules = list_rules().values()
    rows = "".join(
        f"| [`{rule.name}`](#{rule.name.lower()}) | {rule.severity.value} | {rule.summary} |\n" for rule in rules
    )
    return HEAD + rows + "".join(map(write_section, rules))


def write_section(rule: Rule) -> str:
    page = read_page(rule.name)
    suppression = "Can be suppressed." if rule.can_be_suppressed else describe_suppression(rule)
    text = (
        f"\n## {rule.name}\n\n{rule.severity.value.capitalize()}. {rule.summary} {suppression}\n\n{page.explanation}\n"
    )
    if page.wrong is None or page.right is None:
        return text
    findings = check_example(rule, page.wrong)
    told = write_findings(Report(findings, 1, "", texts={page.wrong.file: page.wrong.text}), View())
    for title, language, block in (
        ("Wrong", page.wrong.language, page.wrong.text),
        ("What flowseal says to it", "text", told),
        ("Right", page.right.language, page.right.text),
    ):
        text += f"\n{title}:\n\n```{language}\n{block}```\n"
    return text
