"""The five steps of a first dataset, and the next one of any."""
