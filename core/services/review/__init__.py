"""Review: which rows a reviewer gets, what is decided, what has been decided."""
