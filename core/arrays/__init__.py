"""Arrays of numbers: on disk where they are large, kept by content; on which device they are computed."""
