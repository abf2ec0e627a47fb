"""Rows of a table: an example is several of its columns, numbers and categories, kept as one JSON object."""
