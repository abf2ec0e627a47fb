"""The page Issues for tests: what it says, and its list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Decision
from core.store.ids import new_id

Open = Callable[..., AppTest]


def texts(shown: AppTest) -> str:
    """Everything that the page says in words."""
    return "\n".join(element.value for kind in (shown.markdown, shown.caption, shown.text) for element in kind)


def table(shown: AppTest, column: str) -> Any:
    """The table that has this column."""
    return next(frame.value for frame in shown.dataframe if column in frame.value.columns)


def ranks(shown: AppTest) -> list[int]:
    return [int(rank) for rank in table(shown, "#")["#"]]


def list_key(shown: AppTest) -> str:
    """The key of the ranked list: of the shown page and filter."""
    return next(str(frame.key) for frame in shown.dataframe if "#" in frame.value.columns)


def with_figures(shown: AppTest) -> AppTest:
    """The page with the figures of classes, which are folded away at first, in sight."""
    shown.query_params["panel"] = "where"
    return shown.run()


def decide(app: Context, dataset: Dataset, example_id: int) -> None:
    app.ledger.decisions.append(
        [
            Decision(
                decision_id=new_id(),
                client_key=new_id(),
                dataset_id=dataset.dataset_id,
                version_id=dataset.latest_version_id,
                example_id=example_id,
                action="relabel",
                new_label="tech",
                reviewer="ada",
                decided_at=datetime.now(UTC),
                scan_id=None,
                shown={},
            )
        ],
    )
