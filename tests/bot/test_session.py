"""What is remembered of a chat, for how long, and of how many chats."""

import pytest

from bot.session import CAPACITY, LIFETIME, Session, Sessions


class Clock:
    """Stands still until it is moved; seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


def test_a_new_chat_knows_nothing(sessions: Sessions) -> None:
    assert sessions.get("a") == Session()


def test_a_chat_is_remembered_apart_from_others(sessions: Sessions) -> None:
    sessions.get("a").question = "guardian"
    assert sessions.get("b").question == ""
    assert sessions.get("a").question == "guardian"


def test_a_chat_lives_from_its_last_message(sessions: Sessions, clock: Clock) -> None:
    sessions.get("a").question = "guardian"
    for _ in range(3):
        clock.now += LIFETIME
        assert sessions.get("a").question == "guardian"
    clock.now += LIFETIME + 1
    assert sessions.get("a").question == ""


def test_a_silent_chat_is_forgotten_by_itself(sessions: Sessions, clock: Clock) -> None:
    """Its text leaves memory when anybody writes, not only when the person comes back."""
    sessions.get("a").question = "guardian"
    clock.now += LIFETIME + 1
    sessions.get("b")
    assert len(sessions) == 1


def test_the_longest_unused_chat_goes_first(sessions: Sessions) -> None:
    for number in range(CAPACITY):
        sessions.get(str(number)).question = "q"
    sessions.get("0")  # used again
    sessions.get("one more")
    assert len(sessions) == CAPACITY
    assert sessions.get("0").question == "q"
    assert sessions.get("1").question == ""


def test_a_chat_among_many_is_not_pushed_out_by_itself(sessions: Sessions) -> None:
    for number in range(CAPACITY):
        sessions.get(str(number)).question = "q"
    for number in range(CAPACITY):
        assert sessions.get(str(number)).question == "q"
