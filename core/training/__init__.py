"""Fine-tuning: config, data, loop, augmentation. The only importer of accelerate. Empty until training lands."""
