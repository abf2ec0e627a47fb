"""Decodes images into a dataset."""
