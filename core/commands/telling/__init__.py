"""Commands that tell of a dataset to whoever has to decide."""
