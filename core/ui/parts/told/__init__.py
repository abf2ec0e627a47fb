"""What several pages tell of a dataset: where it comes from, and which classes overlap."""
