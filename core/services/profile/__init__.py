"""The profile of a version."""
