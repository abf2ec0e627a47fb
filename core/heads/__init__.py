"""Linear heads on embeddings: folds, batched fits, calibrated out-of-sample probabilities. Arrays in, arrays out."""
