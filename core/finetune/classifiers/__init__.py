"""Models with a classification head: built, loaded, saved, and heads that carry over from embeddings."""
