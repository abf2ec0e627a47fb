"""Writes a dataset as the datasets library has it."""
