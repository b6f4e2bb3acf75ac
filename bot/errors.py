"""What can go wrong in the bot.

    BotError
    ├── StoreError     the database cannot be used; says which and why
    └── BadTurn        a button or command that cannot be carried out; the text is for the person

Errors of the configuration are `indexer.ConfigError`: both programs read the same file.
"""


class BotError(Exception):
    """The base of all errors that the bot raises on purpose."""


class StoreError(BotError):
    """The database cannot be used."""


class BadTurn(BotError):
    """What the person pressed or typed cannot be carried out."""
