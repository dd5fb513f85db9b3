"""`flowseal generate`: definitions to module folders. Nothing is written until everything is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import __version__
from generator.output import apply_plan, open_output
from generator.project.configuration import apply_severities
from generator.run.outcomes import CHANGED, GenerateResult
from generator.run.preparation import Request, prepare_modules, withdraw
from generator.source.files import LOCK_FILE

if TYPE_CHECKING:
    from generator.progress import Progress, Timings


def generate_modules(request: Request, timings: Timings, progress: Progress) -> GenerateResult:
    """Generate the requested modules, and write all of them as one transaction.

    A definition with an error is blocked and the others continue. A failed proof, or a disk that refuses, stops the
    whole run before anything changes. `timings` gets the stages, `progress` each piece of work.
    """
    from generator.terraform.templates import template_digest

    with open_output(request.folder, __version__, template_digest()) as session:
        preparation = prepare_modules(request, session, timings, progress)
        failures, plan = preparation.failures, preparation.plan
        outcomes = preparation.refuse_all() if failures else tuple(preparation.outcomes)
        findings = preparation.findings
        with timings.measure("write"):
            refusals = apply_plan(session, plan)
        if refusals:
            outcomes = tuple(map(withdraw, outcomes))
        findings += refusals
    survey = preparation.survey
    has_new_lock = not refusals and plan.lock_text not in (None, session.lock.data)
    has_lock_alone = has_new_lock and not any(outcome.outcome in CHANGED for outcome in outcomes)
    return GenerateResult(
        outcomes,
        apply_severities(findings, request.severities),
        failures,
        tuple(preparation.checked),
        len(survey.files) - len(survey.findings),
        request.strict,
        (request.folder / LOCK_FILE).as_posix() if has_lock_alone else "",
    )
