"""Whether a call is allowed, decided as AWS decides it: by the caller's policies, and by those of what it asks for.

Nothing in here knows moto or a server: requests and policies in, a verdict and its statements out.
"""

from account.decisions.evaluation import Decision, Policies, Request, Verdict, decide
from account.decisions.principals import Principal
from account.decisions.statements import Statement, read_policy

__all__ = ["Decision", "Policies", "Principal", "Request", "Statement", "Verdict", "decide", "read_policy"]
