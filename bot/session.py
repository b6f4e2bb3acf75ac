"""What is remembered of a chat for a while, in memory only."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

#: Seconds after which a chat is forgotten.
LIFETIME = 30 * 60
#: Chats remembered at once; the longest unused goes first.
CAPACITY = 10_000


@dataclass(slots=True)
class Session:
    """The thread of one chat."""

    lang: str = ""
    """Language of the last message."""
    question: str = ""
    """The last question, without personal data, so that a follow-up can be understood."""
    countries: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    """Ids of the passages found for the last question, best first."""
    terms: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each of them, the question's tokens that it holds."""
    used: float = 0.0


class Sessions:
    """Sessions by person; they forget by themselves."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds; tests pass their own."""
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def get(self, person: str) -> Session:
        """The person's session, a new one when there is none or it has grown old."""
        now = self._clock()
        known = self._sessions.pop(person, None)
        session = known if known and now - known.used <= LIFETIME else Session()
        self._forget(now)
        session.used = now
        self._sessions[person] = session
        return session

    def __len__(self) -> int:
        return len(self._sessions)

    def _forget(self, now: float) -> None:
        while self._sessions:
            person, oldest = next(iter(self._sessions.items()))
            if now - oldest.used <= LIFETIME and len(self._sessions) < CAPACITY:
                return
            del self._sessions[person]
