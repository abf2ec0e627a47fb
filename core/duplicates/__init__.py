"""Rows that look alike: near-duplicates and nearest neighbours. Arrays in, arrays out."""
