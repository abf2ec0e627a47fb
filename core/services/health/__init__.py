"""The health of a dataset: what is wrong with it, what to fix first and what that gains."""
