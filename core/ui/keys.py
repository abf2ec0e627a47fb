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
LOAD_JOB = "load_job"
"""The load that this session started and still follows."""
EXPORT = "export"
"""Version, format and folder of the file that the server is writing for this session."""

LOG_REVIEWER = "decided_by"
"""Whose decisions are listed; this and the next two are also in the URL."""
LOG_ACTION = "action"
LOG_VERSION = "decided_on"
"""Number of the version whose decisions are listed."""
CHANGES_OF = "changes_of"
"""Number of the version whose changes are listed."""
