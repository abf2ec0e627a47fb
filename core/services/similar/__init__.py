"""Rows that are like another one, by the embeddings that scans keep."""
