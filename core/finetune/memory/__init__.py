"""Memory of a fine-tune: foreseen, saved, and what happens where it runs out."""
