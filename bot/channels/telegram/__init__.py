"""The Telegram bot."""

from .channel import Channel, run

__all__ = ["Channel", "run"]
