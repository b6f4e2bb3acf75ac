"""What outlives a restart: languages, members, contacts. Never message text."""

from .schema import Contact
from .store import Store, Viewer

__all__ = ["Contact", "Store", "Viewer"]
