"""Rates in the groups of an attribute: of predictions, and of what cleaning does."""
