"""Opens what people bring in processes of its own: whatever a file does to a reader, the app lives on.

One *nursery* (`nursery.py`) is kept warm for each process of the app. It imports the readers and touches no file; each
request is answered by a fork of it, within limits of time and memory (`limits.py`), which does the work (`work.py`) and
ends. Nothing is unpickled: answers are JSON and bytes (`wire.py`). `ask.py` is the side of the app.
"""
