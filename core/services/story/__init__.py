"""The story of a dataset: what became of it, how good it is, what is wrong, what to do next. Reads only."""
