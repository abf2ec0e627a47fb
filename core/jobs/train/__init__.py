"""Fine-tunes a model."""
