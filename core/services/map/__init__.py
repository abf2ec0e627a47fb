"""The map of a dataset: its rows in two dimensions, near each other where they are alike."""
