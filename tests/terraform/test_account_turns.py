"""Terraform asks ten things at once; the account answers them one after the other."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from account.turns import take_turns


class Service:
    """Stands for moto's services, whose dictionaries bear no changes while they are walked."""

    def __init__(self) -> None:
        self.inside = self.most = 0

    def call_action(self) -> int:
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.01)
        self.inside -= 1
        return self.most


def test_concurrent_calls_are_answered_in_turn() -> None:
    take_turns(Service)
    service = Service()
    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(lambda _: service.call_action(), range(5))) == [1] * 5
