"""The policies of a module as data: AWS's three, the role's trust, and what the nodes need."""

from generator.policies.documents import Condition, PolicyDocument, Principal, Statement, Text

__all__ = ["Condition", "PolicyDocument", "Principal", "Statement", "Text"]
