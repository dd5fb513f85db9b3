"""versions.tf: the releases of Terraform and of the provider that every module of a project accepts."""

from __future__ import annotations

from generator.flow.model import ModuleSettings
from generator.terraform.hcl import Block, Value
from generator.terraform.module.plan import make_block

TERRAFORM_VERSION = ">= 1.5.7"
LOWEST_PROVIDER = "6.8.0"
"""The first release of the provider that has everything a module uses, without bugs that would affect it."""


def plan_versions_tf(settings: ModuleSettings) -> tuple[Block, ...]:
    """Return the blocks of versions.tf."""
    aws: dict[str, Value] = {"source": "hashicorp/aws", "version": constrain_provider(settings)}
    required = make_block("required_providers", aws=aws)
    return (make_block("terraform", required_version=TERRAFORM_VERSION, body=(required,)),)


def constrain_provider(settings: ModuleSettings) -> str:
    """Return Terraform's version constraint for the provider."""
    return f">= {settings.provider_version or LOWEST_PROVIDER}"
