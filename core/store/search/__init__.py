"""Words that are looked for, and how well rows match them: an index beside the store (`index.py`), made when it is
first asked for, and BM25 over it (`rank.py`)."""
