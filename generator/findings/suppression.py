"""Comments that suppress findings: `# flowseal: ignore[RuleName] reason`, on the line or alone on the line above."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.findings import LocatedFinding, LocatedPlace, Rule, fixed_warning
from generator.findings.suggestions import advise_name
from generator.source.comments import Comment, read_comments
from generator.source.position import Document, Span

INVALID_SUPPRESSION = fixed_warning("InvalidSuppression", "A suppression comment is malformed.")
UNKNOWN_SUPPRESSED_RULE = fixed_warning("UnknownSuppressedRule", "A comment suppresses a rule that does not exist.")
RULE_NOT_SUPPRESSIBLE = fixed_warning("RuleNotSuppressible", "A comment suppresses a rule that cannot be suppressed.")
UNUSED_SUPPRESSION = fixed_warning("UnusedSuppression", "A comment suppresses a finding that is not reported.")

MOST_NAMES = 1_000
"""The maximum number of rules in all comments of a definition."""
SIGN = "flowseal:"
FORM = f"# {SIGN} ignore[RuleName] reason"
_OURS = re.compile(rf"#\s*{SIGN}")
_SUPPRESSION = re.compile(rf"#\s*{SIGN}\s*ignore\[([^\[\]]*)\](.*)")
_NAME = re.compile(r"[^,\s](?:[^,]*[^,\s])?")


@dataclass(frozen=True, slots=True)
class SuppressedFindings:
    """The findings that remain, including those about the comments, and the suppressed findings."""

    findings: tuple[LocatedFinding, ...]
    suppressed: tuple[LocatedFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Suppression:
    """A rule's name in a comment, its position, and the lines that it applies to."""

    rule: Rule
    span: Span
    line: int
    value_line: int

    @property
    def places(self) -> tuple[tuple[Rule, int], ...]:
        """The rule with each line."""
        return (self.rule, self.line), (self.rule, self.value_line)


def suppress_findings(
    document: Document, findings: Sequence[LocatedFinding], rules: Mapping[str, Rule], *, is_complete: bool
) -> SuppressedFindings:
    """Apply the suppression comments of a document to its findings, and add findings about the comments.

    A finding in a file that the document references is suppressed at the reference. `rules` are all rules by name. With
    `is_complete`, the document went through every check, and comments that suppress nothing are reported.
    """
    comments = read_comments(document, SIGN, MOST_NAMES + 1)
    read = _read_comments(comments.comments, document.file, rules)
    suppressions = [item for item in read if isinstance(item, _Suppression)]
    kept = [item for item in read if isinstance(item, LocatedFinding)]
    suppressed: list[LocatedFinding] = []
    places = {place for item in suppressions for place in item.places}
    used: set[tuple[Rule, int]] = set()
    for finding in findings:
        line = (finding.named_at or finding.span).line
        matching = {(finding.rule, line), (finding.rule, comments.find_first_line(line))} & places
        is_here = finding.file == document.file or finding.named_at is not None
        (suppressed if is_here and matching else kept).append(finding)
        used |= matching if is_here else set()
    if is_complete:
        kept += [_report_unused(item, document.file) for item in suppressions if used.isdisjoint(item.places)]
    return SuppressedFindings(tuple(kept), tuple(suppressed))


def _read_comments(
    comments: Sequence[Comment], file: str, rules: Mapping[str, Rule]
) -> list[_Suppression | LocatedFinding]:
    """Return the suppressions of all comments, and findings about malformed ones. After MOST_NAMES, ignore the rest."""
    read: list[_Suppression | LocatedFinding] = []
    for number, comment in enumerate(comments, 1):
        found = list(_read_comment(comment, file, rules))
        if max(number, len(read) + len(found)) > MOST_NAMES:
            message = f"Comments suppress more than {MOST_NAMES:,} rules; this comment and all later ones are ignored."
            help = "Turn a rule off for the whole project under `rules` in flowseal.yaml, or split the definition."
            return [*read, _report(INVALID_SUPPRESSION, message, help, comment.span, file)]
        read += found
    return read


def _read_comment(comment: Comment, file: str, rules: Mapping[str, Rule]) -> Iterator[_Suppression | LocatedFinding]:
    """Yield the suppressions of a comment, or a finding about it, or nothing if it is not for flowseal."""
    sign = _OURS.search(comment.text)
    if sign is None:
        return
    suppression = _SUPPRESSION.match(comment.text, sign.start())
    names = [] if suppression is None else list(_NAME.finditer(comment.text, *suppression.span(1)))
    if suppression is None or not names:
        message = "Malformed suppression comment; it suppresses nothing."
        yield _report(INVALID_SUPPRESSION, message, f"Use the form `{FORM}`.", comment.span, file)
    elif not suppression[2].strip():
        message = "The suppression comment has no reason, so it suppresses nothing."
        yield _report(INVALID_SUPPRESSION, message, "Add the reason after the closing bracket.", comment.span, file)
    else:
        for name in names:
            yield _read_name(name, comment, file, rules)


def _read_name(
    name: re.Match[str], comment: Comment, file: str, rules: Mapping[str, Rule]
) -> _Suppression | LocatedFinding:
    line, column = comment.span.line, comment.span.column
    span = Span(line, column + name.start(), line, column + name.end())
    rule = rules.get(name[0])
    if rule is None:
        help = advise_name(name[0], rules, "Run `flowseal rules` to list all rules.")
        return _report(UNKNOWN_SUPPRESSED_RULE, f"Unknown rule {name[0]!r}.", help, span, file)
    if not rule.can_be_suppressed:
        message = f"{rule.name} cannot be suppressed."
        return _report(RULE_NOT_SUPPRESSIBLE, message, "Remove the comment, and fix the finding instead.", span, file)
    return _Suppression(rule, span, comment.line, comment.value_line)


def _report_unused(suppression: _Suppression, file: str) -> LocatedFinding:
    message = f"Unused suppression: {suppression.rule.name} is not reported on the line this comment applies to."
    help = "Remove the comment, or move it to the end of the reported line or to the line above it."
    line = suppression.line
    related = (LocatedPlace("The comment applies to this line.", file, Span(line, 1, line, 1)),)
    finding = _report(UNUSED_SUPPRESSION, message, help, suppression.span, file)
    return finding if line == suppression.span.line else replace(finding, related=related)


def _report(rule: Rule, message: str, help: str, span: Span, file: str) -> LocatedFinding:
    return LocatedFinding(rule, message, help, file, span, "", identity=message)
