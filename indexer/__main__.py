"""`python -m indexer` is `protect-index`."""

from .cli import main

main()
