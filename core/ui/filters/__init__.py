"""Filters that are asked of another process, on their way into a list."""
