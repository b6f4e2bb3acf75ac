"""The order in which updates are worked on: side by side for different people, in order for each."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

# Updates that may wait. The base class's own cap holds a place for each that waits, so with `workers` there
# one person's hundred messages would keep everybody else out.
_WAITING = 100_000
# Telegram repeats an update when it did not see that it was taken; never later than the last few thousand.
_REMEMBERED = 10_000


class InOrder(BaseUpdateProcessor):
    """Works on at most `workers` updates at a time, never on two of the same person, each only once."""

    def __init__(self, workers: int) -> None:
        super().__init__(_WAITING)
        self._workers = asyncio.Semaphore(workers)
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: Counter[str] = Counter()
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the person's earlier updates, then for a free worker, then work."""
        if self._is_repeated(update):
            if asyncio.iscoroutine(coroutine):
                coroutine.close()
            return
        # The worker is asked for second: who waits for themselves must not hold one.
        async with self._turn_of(_person(update)), self._workers:
            await coroutine

    @asynccontextmanager
    async def _turn_of(self, person: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(person, asyncio.Lock())
        self._users[person] += 1
        try:
            async with lock:
                yield
        finally:
            self._users[person] -= 1
            if not self._users[person]:
                del self._users[person], self._locks[person]

    def _is_repeated(self, update: object) -> bool:
        if not isinstance(update, Update):
            return False
        if update.update_id in self._seen:
            return True
        self._seen[update.update_id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return False


def _person(update: object) -> str:
    if not isinstance(update, Update):
        return ""
    who = update.effective_user or update.effective_chat
    return str(who.id) if who else ""
