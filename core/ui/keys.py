"""The keys of `st.session_state`. The session holds ids only: everything else is in the URL or the store."""

from __future__ import annotations

DATASET = "dataset"
"""The picked dataset's name; also the URL's `?dataset=`, which decides."""
VERSION = "version"
"""The picked version's number as text; also the URL's `?version=`, which decides."""
LAST_DATASET = "last_dataset"
"""The dataset last looked at, so that a page without pickers does not lose it."""
LAST_VERSION = "last_version"
"""The version last looked at."""

REVIEWER = "reviewer"
"""Who acts, where nobody has to sign in; also the URL's `?reviewer=`."""
REVIEWER_INPUT = "reviewer-input"

SEEN_JOBS = "seen_jobs"
"""The unfinished jobs that the page was last drawn with."""
UPLOAD = "upload"
"""Names this session's own folder of uploaded files."""
