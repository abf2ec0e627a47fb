"""Issues: the labels that are probably wrong, ranked, and the reason for each; and what to fix first."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.services.issues.listing import findings, latest_scan, newest_scan_job
from core.ui.health.view import health_view
from core.ui.issues.anew import anew_line
from core.ui.issues.figures import figures
from core.ui.issues.groups import excluded
from core.ui.issues.list import ranked_list
from core.ui.issues.panels import panels
from core.ui.issues.scan import follow, is_under_way, no_scan_yet, scan_form
from core.ui.lists.issue_filter import filter_bar
from core.ui.parts.choices import view_switch
from core.ui.parts.ending import without_result
from core.ui.parts.next_step import next_act
from core.ui.parts.problems import shown_errors
from core.ui.rules.view import rules_view
from core.ui.shell.frame import open_page
from core.ui.shell.strip import job_strip
from core.words import later, say

VIEWS = {"list": later("List"), "health": later("Health"), "rules": later("Rules")}

frame = open_page("Issues", strip=False)
context, dataset, version, user = frame.context, frame.dataset, frame.version, frame.user
view = view_switch({name: say(title) for name, title in VIEWS.items()})
with shown_errors():
    scan, job = latest_scan(context, version.version_id), newest_scan_job(context, version)
    followed = job if is_under_way(job, scan) else None
    job_strip(context, without=followed)
    if followed is not None:
        follow(context, version, followed, scan)
    elif job is not None:
        without_result(context, job, "scan")
    if view == "health":
        health_view(context, dataset, version)
        next_act(context, dataset, "issues", version.number)
    elif view == "rules":
        rules_view(context, dataset, version, user)
        next_act(context, dataset, "issues", version.number)
    elif scan is not None:
        above = st.container()  # what is chosen beneath shows in the figures as well
        where = filter_bar(context, dataset, scan)
        found = findings(context, scan, where.issue_type, where.worst)
        with above:
            again = None if followed else partial(scan_form, context, dataset, version, user)
            figures(dataset, version, found, again, where.worst)
            if found.kind.name == "label" and followed is None:
                anew_line(context, user, scan)
            panels(context, dataset, version, user, found)
        excluded(context, user, found)
        ranked_list(context, dataset, version, user, found, where)
        next_act(context, dataset, "issues", version.number)
    elif followed is None:
        no_scan_yet(context, dataset, version, user)
