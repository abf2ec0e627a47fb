"""How well outliers are found that were put among other examples: `python -m bench.outliers`.

Questions to a bank with a few tweets among them, and small photographs with a few drawn patterns among them, each on
the embeddings of the task's best default encoder. Beside them cleanlab's Datalab on the same embeddings. Both rank by
the mean distance to ten neighbours; what differs is how many are flagged. What is strange must not be alike: eight
digits among the photographs are each other's neighbours, and neither way finds one (AUROC .25 and .05).
"""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image
from sklearn.metrics import roc_auc_score

from bench.data import DATA, cifar10n, columns
from bench.row import Row
from core.duplicates.neighbourhood import Neighbourhood
from core.issues.outlier.find import find
from core.issues.signals import Signals
from core.modalities import Modality
from core.modalities.encoders import make_encoder
from core.modalities.image.facts import IMAGE
from core.modalities.payloads import Payloads
from core.modalities.text.facts import TEXT

ROWS, TWEETS, PATTERNS, SEED = 2_000, 40, 24, 0
SIDE = 32


def run() -> list[Row]:
    """AUROC, precision and recall of what is flagged, for texts and for images."""
    rows: list[Row] = []
    sets: tuple[tuple[str, Modality, Callable[[Path], Payloads], int], ...] = (
        ("tweets among questions", TEXT, _texts, TWEETS),
        ("patterns among photographs", IMAGE, _images, PATTERNS),
    )
    for name, modality, make, few in sets:
        with tempfile.TemporaryDirectory() as root:
            payloads = make(Path(root))
            encoder = make_encoder(modality.encoders[-1], modality.name)
            embeddings = np.array(encoder.embed(payloads, Path(root) / "arrays", lambda done, total: None))
        rows += _compared(name, embeddings, np.arange(len(embeddings)) >= len(embeddings) - few)
    return rows


def _compared(name: str, embeddings: np.ndarray, unlike: np.ndarray) -> list[Row]:
    ours = find(
        Signals(
            {
                "example_ids": lambda: np.arange(len(unlike)),
                "embeddings": lambda: embeddings,
                "neighbours": lambda: Neighbourhood(embeddings),
            }
        )
    )
    score, flagged = _datalab(embeddings)
    measures = (
        ("AUROC", roc_auc_score(unlike, -ours.score), roc_auc_score(unlike, -score)),
        ("precision", _share(unlike, ours.is_issue), _share(unlike, flagged)),
        ("recall", _share(ours.is_issue, unlike), _share(flagged, unlike)),
    )
    return [Row(f"outliers: {name}", mine, what, other, "Datalab", True) for what, mine, other in measures]


def _share(among: np.ndarray, chosen: np.ndarray) -> float:
    return float(among[chosen].mean()) if chosen.any() else 0.0


def _datalab(embeddings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from cleanlab import Datalab

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lab = Datalab({"row": list(range(len(embeddings)))}, verbosity=0)
        lab.find_issues(features=embeddings, issue_types={"outlier": {}})
    found = lab.get_issues("outlier")
    return found["outlier_score"].to_numpy(), found["is_outlier_issue"].to_numpy()


def _texts(root: Path) -> Payloads:
    generator = np.random.default_rng(SEED)
    questions = columns(DATA / "banking77" / "train.csv")["text"]
    tweets = columns(DATA / "disaster_tweets" / "test.csv")["text"]
    texts = [questions[row] for row in generator.choice(len(questions), ROWS, replace=False)]
    texts += [tweets[row] for row in generator.choice(len(tweets), TWEETS, replace=False)]
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    return Payloads.of(pa.chunked_array([texts]), pa.chunked_array([hashes]))


def _images(root: Path) -> Payloads:
    generator = np.random.default_rng(SEED)
    names, hashes, _ = cifar10n(root)
    chosen = generator.choice(len(names), ROWS, replace=False)
    names, hashes = [names[row] for row in chosen], [hashes[row] for row in chosen]
    for place in range(PATTERNS):
        name = f"pattern-{place}.png"
        Image.fromarray(_pattern(generator, place % 4)).save(root / name)
        names.append(name)
        hashes.append(hashlib.sha256((root / name).read_bytes()).hexdigest())
    return Payloads.of(pa.chunked_array([names]), pa.chunked_array([hashes]), root)


def _pattern(generator: np.random.Generator, kind: int) -> np.ndarray:
    """(SIDE, SIDE, 3) uint8: noise, stripes, rings or a half of one colour, in two colours drawn at random."""
    down, across = np.mgrid[:SIDE, :SIDE] - generator.uniform(8, 24, (2, 1, 1))
    angle, wide = generator.uniform(0, np.pi), generator.uniform(2, 6)
    along = down * np.sin(angle) + across * np.cos(angle)
    first = (
        generator.random((SIDE, SIDE)) < 0.5,
        along % wide < wide / 2,
        np.hypot(down, across) % wide < wide / 2,
        along < 0,
    )[kind]
    colours = generator.integers(0, 256, (2, 3), np.uint8)
    found: np.ndarray = np.where(first[..., None], colours[0], colours[1])
    return found


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
