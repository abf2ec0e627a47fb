"""Models that learn from some of a job's rows by steps: what the jobs that fine-tune one, or several in turn, share."""
