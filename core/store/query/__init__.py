"""SQL that people type: one SELECT over copies of a dataset's views, in a process that has nothing else.

`views.py` says what the views are, `copies.py` writes each into a file of its own beside the workspace's. A reader
(`core.reading`) runs `sandbox.py`: it attaches those files, to be read, to an empty engine that reaches no other file,
lets `check.py` look at the query's tree, and runs that. `functions.py` is the list of what a query may call.
"""
