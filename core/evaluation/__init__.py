"""Metrics, confusion, intervals, curves, comparison: counts and arrays in, records out. Knows no store and no page."""
