"""Metrics, confusion, calibration, slices, comparison: arrays in, records out. Empty until training lands."""
