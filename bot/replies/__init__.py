"""Builds replies. One module per kind; each takes values and phrases and returns blocks and buttons."""
