"""What the proof says of a module that is not what was planned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ProofFailure:
    """One difference between what was meant and what was read: the module's file, and a sentence on the thing."""

    file: str
    what: str
