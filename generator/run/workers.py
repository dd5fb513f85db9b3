"""Definitions checked and modules built: in this process or, if they are many, in several processes at once.

A definition is checked and its module built by the same process, so that its plan never has to be sent. Whichever
process does the work, the results are the same and in the same order.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from generator.flow.model import Defaults
from generator.progress import Progress, Timings

if TYPE_CHECKING:
    # Importing these takes longer than a run without changes.
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from generator.pipeline import CheckedDefinition, DefinitionText, ProvenModule
    from generator.terraform.module import ModulePlan

MANY = 20
"""From so many definitions on, several processes are faster than one."""
START_METHOD = "fork" if sys.platform == "linux" else None
"""How a process starts; None is the way of the system, which on Windows and macOS is "spawn"."""
SHARE = 8
"""Definitions that a process works on before it is given more."""
Share = list[Any]
Place = tuple[str, str]
"""The file of a definition as findings show it, and its path relative to the output folder."""


class WorkerLostError(Exception):
    """A worker process ended before its work was done; the message says how."""


def count_cpus() -> int:
    """Return how many CPUs this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workshop:
    """Checks definitions and builds their modules in one process; keeps the plans in between."""

    def __init__(self, defaults: Defaults, timings: Timings, *, for_terraform: bool) -> None:
        self._defaults = defaults
        self._timings = timings
        self._for_terraform = for_terraform
        self._plans: dict[str, ModulePlan] = {}

    def check(self, definitions: Sequence[DefinitionText]) -> list[CheckedDefinition]:
        """Check definitions, each by itself; their plans stay here."""
        from generator.pipeline import check_each

        checked = list(check_each(definitions, self._defaults, self._timings, for_terraform=self._for_terraform))
        self._plans |= {item.file: item.plan for item in checked if item.plan is not None}
        return [item.lighten() for item in checked]

    def build(self, modules: Sequence[Place]) -> list[ProvenModule]:
        """Render and prove the modules of definitions that were checked here."""
        from generator.pipeline import build_module

        return [build_module(self._plans.pop(file), definition, self._timings) for file, definition in modules]


@dataclass(slots=True)
class _Worker:
    """A process, this end of the pipe to it, and the shares that it is to work on."""

    process: BaseProcess
    connection: Connection
    queue: deque[Share]


class Workers:
    """Where the definitions of a run are checked and its modules are built. Leaving the context ends every process.

    Raises WorkerLostError if a process ends too soon.
    """

    def __init__(
        self, defaults: Defaults, jobs: int | None, stages: tuple[Timings, Progress], *, for_terraform: bool
    ) -> None:
        self._timings, self._progress = stages
        self._jobs = count_cpus() if jobs is None else jobs
        self._setup = (defaults, for_terraform)
        self._own = Workshop(defaults, self._timings, for_terraform=for_terraform)
        self._workers: list[_Worker] = []
        self._checked_by: dict[str, _Worker] = {}
        self._definitions: dict[str, DefinitionText] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End every process."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()
        self._workers = []

    def check(self, definitions: Sequence[DefinitionText]) -> list[CheckedDefinition]:
        """Check definitions, each by itself."""
        self._progress.begin("Checking definitions", len(definitions))
        jobs = min(self._jobs, len(definitions) // (MANY // 2))
        if jobs < 2:
            return self._do(self._own.check, definitions)
        self._definitions |= {definition.file: definition for definition in definitions}
        if not self._workers:
            self._workers = _start_workers(jobs, self._setup)
        shares = deque(_cut(definitions))
        for worker in self._workers:
            worker.queue = shares
        found: dict[str, CheckedDefinition] = {}
        for worker, share, results in self._work_off("check"):
            for definition, result in zip(share, results or self._own.check(share), strict=True):
                found[definition.file] = result
                self._checked_by[definition.file] = worker
        return [found[definition.file] for definition in definitions]

    def build(self, modules: Sequence[Place]) -> list[ProvenModule]:
        """Render and prove the modules of definitions that were checked."""
        self._progress.begin("Proving modules", len(modules))
        built: dict[str, ProvenModule] = {}
        for worker in self._workers:
            worker.queue = deque(_cut([each for each in modules if self._checked_by.get(each[0]) is worker]))
        for _, share, results in self._work_off("build"):
            built |= zip((file for file, _ in share), results or self._build_again(share), strict=True)
        own = [module for module in modules if module[0] not in built]
        built |= zip((file for file, _ in own), self._do(self._own.build, own), strict=True)
        return [built[file] for file, _ in modules]

    def _do(self, work: Callable[[Share], list[Any]], pieces: Sequence[Any]) -> list[Any]:
        """Do the work of a few runs in this process."""
        results = []
        for share in _cut(pieces):
            results += work(share)
            self._progress.finish_pieces(len(share))
        return results

    def _build_again(self, modules: Share) -> list[ProvenModule]:
        self._own.check([self._definitions[file] for file, _ in modules])
        return self._own.build(modules)

    def _work_off(self, kind: str) -> Iterator[tuple[_Worker, Share, list[Any] | None]]:
        """Give the shares in the workers' queues to them; yield each with its results, in the order of arrival.

        The results are None if an error was raised: done again here, the same error ends the run as if it had
        been raised here in the first place.
        """
        from multiprocessing.connection import wait

        waiting: Iterator[_Worker] = (worker for worker in self._workers if worker.queue)
        busy: dict[Any, tuple[_Worker, Share]] = {each.connection: (each, _send(each, kind)) for each in waiting}
        while busy:
            for ready in wait(list(busy)):
                worker, share = busy.pop(ready)
                with _watch(worker):
                    results, seconds = worker.connection.recv()
                if worker.queue:
                    busy[ready] = worker, _send(worker, kind)
                self._timings.add(seconds)
                self._progress.finish_pieces(len(share))
                yield worker, share, results


def _cut(pieces: Sequence[Any]) -> Iterator[Share]:
    return (list(pieces[start : start + SHARE]) for start in range(0, len(pieces), SHARE))


def _start_workers(jobs: int, setup: tuple[Defaults, bool]) -> list[_Worker]:
    import multiprocessing

    import generator.terraform.proof
    import generator.terraform.render  # noqa: F401

    # Where a process can be forked safely, it has what is imported here.
    context: Any = multiprocessing.get_context(START_METHOD)

    pipes = [context.Pipe() for _ in range(jobs)]
    is_forked = context.get_start_method() == "fork"
    workers = []
    with _hold_interrupts():
        for here, there in pipes:
            # A worker ends when nobody has the other end of its pipe any more, so no other worker may keep that open.
            others = [end for pipe in pipes for end in pipe if end is not there] if is_forked else []
            process = context.Process(target=_serve, args=(there, others, setup), daemon=True)
            process.start()
            workers.append(_Worker(process, here, deque()))
    for _, there in pipes:
        there.close()
    return workers


@contextmanager
def _hold_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait until the workers have started. They inherit that it does not reach them: this run ends them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(worker: _Worker, kind: str) -> Share:
    share = worker.queue.popleft()
    with _watch(worker):
        worker.connection.send((kind, share))
    return share


@contextmanager
def _watch(worker: _Worker) -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        worker.process.join(1)
        code = worker.process.exitcode or 0
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
        raise WorkerLostError(
            f"A worker process {how}, often because memory ran out. Nothing was written. Use fewer processes (--jobs)."
        ) from error


def _serve(connection: Connection, others: Sequence[Connection], setup: tuple[Defaults, bool]) -> None:
    """Work on the shares that a pipe brings until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    for other in others:
        other.close()
    defaults, for_terraform = setup
    timings = Timings()
    workshop = Workshop(defaults, timings, for_terraform=for_terraform)
    tasks: dict[str, Callable[[Share], list[Any]]] = {"check": workshop.check, "build": workshop.build}
    with suppress(EOFError, OSError):
        while True:
            kind, share = connection.recv()
            try:
                connection.send((tasks[kind](share), timings.seconds))
            except Exception:
                connection.send((None, timings.seconds))
            timings.seconds = {}
