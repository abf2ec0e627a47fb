"""Finds near-duplicates, for splits across which none may straddle."""
