"""How good a run is and which of two is better: figures, words, the report."""
