"""Masks personal data in rows, in a process of its own: for an export, or as a dataset that has none."""
