"""Signals: encoders, out-of-sample probabilities, neighbours. Arrays in, arrays out; knows no database and no page.

encoders → embeddings (cached per content) → clusters of near-duplicates → folds → head → temperature → combination
"""
