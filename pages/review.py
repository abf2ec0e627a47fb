"""Review: judge labels with the keyboard, see what was decided, and make a corrected version."""

from __future__ import annotations

import streamlit as st

from core.services.issues.listing import latest_scan
from core.ui import keys
from core.ui.parts.choices import view_switch
from core.ui.parts.next_step import next_act
from core.ui.parts.problems import shown_errors
from core.ui.parts.told.provenance import provenance
from core.ui.review.log import decision_log
from core.ui.review.many import acts_on_many
from core.ui.review.moves import moves
from core.ui.review.rule import rule_queue
from core.ui.review.run import run_queue
from core.ui.review.scan import not_scanned, queue_filter, scan_queue, views_of
from core.ui.review.tag_acts import acts_on_tags
from core.ui.review.versions import reviewed_changes, version_form, version_table
from core.ui.shell.frame import open_page

frame = open_page("Review")
context, dataset, version, user = frame.context, frame.dataset, frame.version, frame.user
with shown_errors():
    view = view_switch(views_of(dataset))
    if view == "decisions":
        acts_on_many(context, dataset, user, frame.versions)
        acts_on_tags(context, dataset, user)
        moves(context, dataset, user, frame.versions)
        decision_log(context, dataset, frame.versions, user)
        next_act(context, dataset, "review", version.number)
    elif view == "versions":
        left, right = st.columns([4, 8], gap="large")
        with left:
            version_form(context, dataset, version, user)
        with right:
            version_table(frame.context, frame.versions)
            provenance(context, dataset, "review")
            reviewed_changes(context, dataset, version, frame.versions)
        next_act(context, dataset, "review", version.number)
    elif keys.RULE in st.query_params:
        rule_queue(context, dataset, version, user, view)
    elif keys.RUN in st.query_params:
        run_queue(context, dataset, version, user, view)
    else:
        scan = latest_scan(context, version.version_id)
        if scan is None:
            not_scanned(context, dataset, version, user, view)
        else:
            where = queue_filter(context, dataset, scan)
            scan_queue(context, dataset, version, user, where, view)
