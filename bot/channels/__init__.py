"""Where replies are shown. One module per channel; each renders the same blocks and buttons."""
