"""The text of a module, read back and held against its plan: blocks, references, policies, AWS's page."""

from generator.verify.failure import ProofFailure
from generator.verify.proof import prove_module

__all__ = ["ProofFailure", "prove_module"]
