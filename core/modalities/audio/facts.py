"""What sounds are, in plain facts: no heavy library."""

from __future__ import annotations

from core.modalities.audio.faults import FAULTS
from core.modalities.audio.guess import find
from core.modalities.contract import Course, FineTuning, Modality

_SNIPPET = """\
# pip install torch transformers soundfile soxr
import soundfile
import soxr
import torch
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification

# trust_remote_code: the bundled networks come with their Python files; read them first
model = AutoModelForAudioClassification.from_pretrained("{folder}", trust_remote_code=True).eval()
extractor = AutoFeatureExtractor.from_pretrained("{folder}", trust_remote_code=True)

samples, rate = soundfile.read("your-sound.wav", dtype="float32", always_2d=True)
wave = soxr.resample(samples.mean(1), rate, extractor.sampling_rate)
inputs = extractor(wave, sampling_rate=extractor.sampling_rate, return_tensors="pt")
with torch.inference_mode():
    logits = model(**inputs).logits
{answer}"""

AUDIO = Modality(
    name="audio",
    many="sounds",
    icon="graphic_eq",
    row_height=56,
    in_files=True,
    seconds_to_read=8e-3,
    suffixes=frozenset((".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3")),
    measures=("seconds", "sample_rate", "channels", "level_dbfs", "clipped_share", "silent_share"),
    find=find,
    derived=(),
    near_similarity=0.995,  # of 24 bands of pitch over 16 parts of time: the same recording saved anew
    encoders=("log-mel", "speech"),
    fine_tuning=FineTuning(
        models=("speech", "log-mel"),
        such_as="a wav2vec2 or an Audio Spectrogram Transformer",
        learning_rates={"last": 1e-3, "full": 5e-5},
        settings=frozenset(),
        marks=("preprocessor_config.json",),
        marked_by="sampling_rate",
        snippet=_SNIPPET,
        courses={
            # Of spoken_digits, three speakers held out to choose by, last weights: 6 epochs .993, 3 epochs .992, 1e-4
            # .988; of sounds that were not changed .977; the quick retrain .980.
            "speech": Course({"last": 3e-4, "full": 3e-4}, steps=200, epochs=(3, 10), solved=True),
            "log-mel": Course(
                {"last": 3e-3, "full": 3e-3}, steps=1200, epochs=(10, 40)
            ),  # nobody has trained it before
        },
    ),
    heavy="core.modalities.audio.heavy",
    faults=FAULTS,
    folder_format="audiofolder",
)
