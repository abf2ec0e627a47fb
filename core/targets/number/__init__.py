"""A number for each example: regression. Its label is the number."""
