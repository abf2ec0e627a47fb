"""Masks the rows that a query or a file of an always-masked dataset is of, in a process of its own."""
