"""The keys of `st.session_state`. The session holds ids only: everything else is in the URL or the store."""

from __future__ import annotations

DATASET = "dataset"
"""The dataset's name; also the URL's `?dataset=`."""
VERSION = "version"
"""The version's number as text; also the URL's `?version=`."""
REVIEWER = "reviewer"
"""Who acts, where nobody has to sign in; also the URL's `?reviewer=`."""

LAST_DATASET = "last_dataset"
"""The dataset last looked at, so that a page without pickers does not lose it."""
SEEN_JOBS = "seen_jobs"
"""The unfinished jobs that the page was last drawn with."""
UPLOAD = "upload"
"""Names this session's own folder of uploaded files."""
