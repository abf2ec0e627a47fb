"""Holds a model for questions."""
