"""`flowseal generate`: definitions into module folders; nothing is written before everything is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import __version__
from generator.output import open_output
from generator.project.configuration import apply_severities
from generator.run.outcomes import CHANGED, GenerateResult
from generator.run.preparation import Request, prepare_modules, withdraw
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from generator.progress import Progress, Timings


def generate_modules(request: Request, timings: Timings, progress: Progress) -> GenerateResult:
    """Make the modules that are asked for, all of them in one step.

    A definition with an error is refused and the others go on; one failed proof, or a disk that refuses, stops the
    whole run before anything is changed. `timings` gets the stages, `progress` each piece of work.
    """
    from generator.terraform.templates import template_digest

    with open_output(request.folder, __version__, template_digest()) as output:
        preparation = prepare_modules(request, output, timings, progress)
        failures = preparation.failures
        outcomes = preparation.refuse_all() if failures else tuple(preparation.outcomes)
        findings = preparation.findings
        if not failures:
            with timings.measure("write"):
                refusals = output.commit()
            if refusals or output.is_refused:
                outcomes = tuple(map(withdraw, outcomes))
            findings += refusals
    survey = preparation.survey
    has_lock_alone = output.has_new_lock and not any(outcome.outcome in CHANGED for outcome in outcomes)
    return GenerateResult(
        outcomes,
        apply_severities(findings, request.severities),
        failures,
        tuple(preparation.checked),
        len(survey.files) - len(survey.findings),
        request.strict,
        (request.folder / LOCK_FILE).as_posix() if has_lock_alone else "",
    )
