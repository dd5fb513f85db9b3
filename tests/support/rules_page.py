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

Each example shows what flowseal reports and the change that fixes it, with the lines around it that matter. The tests
run the whole example: before the change it has exactly this finding, after it none.

## Suppressing a finding

In YAML, a comment with a reason suppresses a finding. Put it at the end of the reported line, or alone on the line
above; other comments may come in between. A comment can't suppress a rule that the tables call "fixed"; `rules` in
`flowseal.yaml` can change its severity unless it is an error.

```yaml
parameters:
  next_model: {} # flowseal: ignore[UnusedParameter] used in the next release
```

Separate several names with commas. A finding in a multi-line string is suppressed where the string begins. A finding in
a file that a `$file` names is suppressed at the `$file`, at its key, or on the line above, for that reference alone.
The summary counts suppressed findings. A comment that suppresses nothing, has no reason, or names a rule that doesn't
exist or can't be suppressed is a finding of its own. A `#` inside a string is not a comment.
"""


def write_rules_page() -> str:
    """Return the page: for each stage its rules in a table, then one section per rule."""
    groups = group_rules(list_rules().values()).items()
    return HEAD + "".join(
        f"\n## {title}\n\n{read_introduction(stage)}\n\n{write_table(rules)}" + "".join(map(write_section, rules))
        for stage, (title, rules) in zip(STAGES, groups, strict=True)
    )


def write_table(rules: list[Rule]) -> str:
    rows = [f"| [`{rule.name}`](#{rule.name.lower()}) | {write_severity(rule)} | {rule.summary} |\n" for rule in rules]
    return "| name | severity | what |\n|------|----------|------|\n" + "".join(rows)


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
