"""What the web process and the command line do: read the store, call a stage or start a job, write the store. Never
imports Streamlit, a worker or a heavy library; names a job by its module."""
