"""The local web chat: one page, on this machine only, with nothing loaded from elsewhere."""

from .app import create_app
from .serve import run

__all__ = ["create_app", "run"]
