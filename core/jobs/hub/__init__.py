"""Fetches a dataset of the hub."""
