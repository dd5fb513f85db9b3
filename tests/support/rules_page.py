"""docs/rules.md, made from the rules' declarations and their pages."""

from __future__ import annotations

from rules import list_rules

from generator.commands.rules import check_example
from generator.findings import Rule
from generator.findings.rule_pages import STAGES, read_introduction, read_page
from generator.report import View
from generator.report.contents import Report
from generator.report.differences import write_fragment
from generator.report.explanations import group_rules
from generator.report.text import write_findings

HEAD = """# Rules

Everything that flowseal reports, by the stage that reports it. `flowseal rules NAME` prints one rule. Names are stable
and never reused. An error stops the module. A warning doesn't, except with `--strict`; `info` never does.

Each example shows a finding and the change that fixes it, under the path to the changed lines. The tests run the whole
example.

## Suppressing a finding

In YAML, a comment with a reason suppresses a finding. Put it at the end of the reported line, or alone on the line
above.

```yaml
parameters:
  next_model: {} # flowseal: ignore[UnusedParameter] used in the next release
```

- Separate several names with commas.
- Suppress a finding in a multi-line string where the string begins, and one in a file at its `$file` reference.
- A comment can't suppress a rule marked "fixed". `rules` in `flowseal.yaml` can still change its severity unless it is
  an error.
- A comment that suppresses nothing, has no reason, or names an unknown or fixed rule is itself a finding.
"""


def write_rules_page() -> str:
    """Return the page: for each stage a list of its rules, then one section per rule."""
    groups = group_rules(list_rules().values()).items()
    return HEAD + "".join(
        f"\n## {title}\n\n{read_introduction(stage)}\n\n{write_list(rules)}" + "".join(map(write_section, rules))
        for stage, (title, rules) in zip(STAGES, groups, strict=True)
    )


def write_list(rules: list[Rule]) -> str:
    return "".join(
        f"- [`{rule.name}`](#{rule.name.lower()}) ({write_severity(rule)}): {rule.summary}\n" for rule in rules
    )


def write_severity(rule: Rule) -> str:
    return rule.severity.value if rule.can_be_suppressed else f"{rule.severity.value}, fixed"


def write_section(rule: Rule) -> str:
    page = read_page(rule.name)
    text = f"\n### {rule.name}\n\n{page.explanation}\n"
    if page.wrong is None or page.right is None:
        return text
    findings = check_example(rule, page.wrong)
    # Without the source line: the fix below shows it.
    reported = write_findings(Report(findings, 1, ""), View())
    fix = write_fragment(page.wrong.text, page.right.text)
    return f"{text}\n```text\n{reported}```\n\n```diff\n{fix}```\n"
