"""Scans a version for wrong labels."""
