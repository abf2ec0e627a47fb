"""One act on all rows of a list: its dialog, what it would change, and what came of it."""
