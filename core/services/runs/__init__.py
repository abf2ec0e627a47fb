"""Fine-tunes as pages and commands see them: before, while and after they run."""
