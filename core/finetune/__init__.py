"""Fine-tuning: settings, models, batches, loop, checkpoints. The only importer of accelerate beside the jobs.

Imports nothing here: the web process reads `core.finetune.settings` and must stay free of torch.
"""
