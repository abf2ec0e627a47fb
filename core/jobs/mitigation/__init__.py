"""Asks what reweighting or resampling the groups of an attribute would change."""
