"""The text of a module, read back and held against its plan: blocks, references, policies, AWS's page."""

from generator.terraform.proof.failure import ProofFailure
from generator.terraform.proof.prove import prove_module

__all__ = ["ProofFailure", "prove_module"]
