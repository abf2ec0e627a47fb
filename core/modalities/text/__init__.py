"""Texts: tokens, encoders, and how a classifier takes them."""
