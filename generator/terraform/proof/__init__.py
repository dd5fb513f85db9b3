"""The proof: the files of a module, read back and compared with its plan and with AWS's page."""

from generator.terraform.proof.comparison import ProofFailure
from generator.terraform.proof.prove import prove_module
