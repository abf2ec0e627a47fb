"""Spans as pages draw them: the sentence with its spans, their figures, and the words that have several types."""
