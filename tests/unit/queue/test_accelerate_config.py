"""A person's own accelerate config: what is taken of it, and how one that cannot be followed is named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from accelerate.commands.config.config_args import ClusterConfig

from core.errors import UsageError
from core.queue.accelerate_config import KNOWN, MAX_BYTES, AccelerateConfig, parse_config, read_config, slots_of
from core.queue.local.slots import Slot

TWO_CPUS = {"distributed_type": "MULTI_CPU", "num_processes": 2, "use_cpu": True}
TWO_GPUS = {"distributed_type": "MULTI_GPU", "num_processes": 2}
MACHINES = {"num_machines": 2, "main_process_ip": "10.0.0.1", "main_process_port": 29500}
GPUS = [Slot(f"cuda:{index}", {"CUDA_VISIBLE_DEVICES": str(index)}) for index in range(4)]


def parsed(**said: object) -> AccelerateConfig:
    return parse_config(yaml.safe_dump(said), "mine.yaml")


def test_the_known_keys_are_those_of_accelerates_config() -> None:
    assert {field.name for field in fields(ClusterConfig)} == KNOWN


@pytest.mark.parametrize("said", [{"distributed_type": "NO"}, TWO_CPUS, TWO_GPUS, TWO_GPUS | MACHINES])
def test_a_config_that_accelerate_has_written_is_followed(said: dict[str, object], tmp_path: Path) -> None:
    path = str(tmp_path / "written.yaml")
    asked = {"use_cpu": False, "debug": False, "compute_environment": "LOCAL_MACHINE", "mixed_precision": "bf16"}
    ClusterConfig(**{"num_processes": 1, **asked, **said}).to_yaml_file(path)
    config = parse_config(read_config(path), path)
    assert (config.kind, config.precision) == (said["distributed_type"], "bf16")


@pytest.mark.parametrize(
    ("said", "decided", "sentence"),
    [
        ({"distributed_type": "NO"}, (1, 1, False, ()),
         "NO, 1 process on the GPU of this machine, no mixed precision said"),
        ({"distributed_type": "NO", "use_cpu": True, "mixed_precision": "no"}, (1, 1, True, ()),
         "NO, 1 process on the CPU of this machine, mixed precision 'no'"),
        (TWO_CPUS | {"mixed_precision": "bf16"}, (2, 2, True, ()),
         "MULTI_CPU, 2 processes on the CPU of this machine, mixed precision 'bf16'"),
        (TWO_GPUS | {"gpu_ids": "1, 3"}, (2, 2, False, ("1", "3")),
         "MULTI_GPU, 2 processes on the 2 GPUs of this machine (gpu_ids 1,3), no mixed precision said"),
        (TWO_GPUS | MACHINES, (2, 1, False, ()),
         "MULTI_GPU, 2 processes on the GPU of each of 2 machines, no mixed precision said"),
    ],
)  # fmt: skip
def test_what_a_config_decides_is_said_in_one_sentence(said, decided, sentence) -> None:  # type: ignore[no-untyped-def]
    config = parsed(**said)
    assert (config.processes, config.here, config.on_cpu, config.gpus) == decided
    assert config.sentence == sentence


@pytest.mark.parametrize("type_of_it", ["FSDP", "DEEPSPEED", "MEGATRON_LM"])
def test_what_cuts_the_model_into_pieces_is_refused_with_what_to_use_instead(type_of_it: str) -> None:
    with pytest.raises(
        UsageError, match=f"mine.yaml: distributed_type cannot be '{type_of_it}'.* whole model"
    ) as raised:
        parsed(distributed_type=type_of_it, num_processes=2)
    assert "MULTI_GPU" in raised.value.hint and "gradient checkpointing" in raised.value.hint


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({}, "distributed_type is missing"),
        ({"distributed_type": "XLA"}, "distributed_type cannot be 'XLA': .* NVIDIA GPUs and on the CPU"),
        ({"distributed_type": "MULTI_XPU"}, "distributed_type cannot be 'MULTI_XPU'"),
        ({"distributed_type": ["NO"]}, "distributed_type cannot be a list"),
        ({"compute_environment": "AMAZON_SAGEMAKER"}, "compute_environment cannot be 'AMAZON_SAGEMAKER'"),
        (TWO_GPUS | {"epochs": 3, "batch": 1}, "it has keys that accelerate does not know: batch, epochs"),
        (TWO_GPUS | {"use_cpu": True}, "use_cpu true contradicts distributed_type 'MULTI_GPU'"),
        (TWO_CPUS | {"use_cpu": "yes"}, "use_cpu cannot be 'yes'"),
        ({"distributed_type": "MULTI_GPU"}, "num_processes is missing"),
        (TWO_GPUS | {"num_processes": -1}, "num_processes is missing"),
        (TWO_GPUS | {"num_processes": "2"}, "num_processes cannot be '2'"),
        (TWO_GPUS | {"num_processes": True}, "num_processes cannot be True"),
        (TWO_GPUS | {"num_processes": 0}, "num_processes cannot be 0"),
        (TWO_GPUS | {"num_processes": 1}, "num_processes 1 contradicts distributed_type 'MULTI_GPU'"),
        ({"distributed_type": "NO", "num_processes": 2}, "num_processes 2 contradicts distributed_type 'NO'"),
        (TWO_GPUS | MACHINES | {"num_processes": 3}, "num_processes 3 cannot be shared by num_machines 2"),
        (TWO_GPUS | MACHINES | {"machine_rank": 1}, "machine_rank 1 is another machine's"),
        (TWO_GPUS | MACHINES | {"main_process_ip": None}, "main_process_ip is missing, and num_machines is 2"),
        (TWO_GPUS | {"num_machines": 2, "main_process_ip": "10.0.0.1"}, "main_process_port is missing"),
        (TWO_GPUS | {"gpu_ids": 0}, "gpu_ids cannot be 0"),
        (TWO_GPUS | {"gpu_ids": "0,1,2"}, "gpu_ids '0,1,2' are 3, and there are to be 2 processes"),
        (TWO_GPUS | {"mixed_precision": "fp8"}, "mixed_precision cannot be 'fp8'"),
        (TWO_GPUS | {"mixed_precision": False}, "mixed_precision cannot be False"),
        (TWO_CPUS | {"mpirun_config": {"mpirun_hostfile": "hosts"}}, "mpirun_config cannot be followed"),
        (TWO_GPUS | {"fsdp_config": {"fsdp_version": 2}}, "fsdp_config would be without effect"),
        (TWO_GPUS | {"deepspeed_config": {"gradient_accumulation_steps": 4}}, "deepspeed_config would be"),
        (TWO_GPUS | {"dynamo_config": {"dynamo_backend": "INDUCTOR"}}, "dynamo_config would be without effect"),
        (TWO_GPUS | {"parallelism_config": {"parallelism_config_tp_size": 2}}, "parallelism_config would be"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_named_with_its_key_and_value(said: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=f"^Accelerate config mine.yaml: {named}") as raised:
        parsed(**said)
    assert raised.value.hint


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a: [1", r"it is not YAML \(line 1\)"),
        ("[" * 3000, "it is not YAML"),
        ("a: 2024-99-99", "it is not YAML"),
        ("", "it holds None"),
        ("- distributed_type", "it holds a list"),
    ],
)
def test_a_text_that_is_no_config_is_refused(text: str, named: str) -> None:
    with pytest.raises(UsageError, match=named) as raised:
        parse_config(text, "mine.yaml")
    assert "accelerate config" in raised.value.hint


def test_a_bare_no_is_named_as_what_yaml_makes_of_it() -> None:
    for text in ("distributed_type: NO", "distributed_type: 'NO'\nmixed_precision: no"):
        with pytest.raises(UsageError, match="cannot be False") as raised:
            parse_config(text, "mine.yaml")
        assert "put it in quotes" in raised.value.hint


def test_keys_without_a_value_say_nothing() -> None:
    nothing = {"deepspeed_config": {}, "dynamo_config": {"dynamo_backend": "NO"}, "gpu_ids": None, "tpu_env": []}
    assert parsed(**TWO_GPUS, **nothing) == parsed(**TWO_GPUS)


def test_a_file_that_cannot_be_one_is_refused_with_its_path(tmp_path: Path) -> None:
    big, binary = tmp_path / "big.yaml", tmp_path / "binary.yaml"
    big.write_text("#" * (MAX_BYTES + 1))
    binary.write_bytes(b"\xff\xfe\x00")
    named = {tmp_path / "none.yaml": "there is no file", tmp_path: "there is no file", big: "bytes", binary: "UTF-8"}
    for path, why in named.items():
        with pytest.raises(UsageError, match=f"{path.name}.*{why}|{why}.*{path.name}"):
            read_config(str(path))


def test_a_job_may_have_the_devices_that_its_config_names() -> None:
    assert slots_of(parsed(**TWO_CPUS), GPUS) == [Slot("cpu")]
    assert slots_of(parsed(**TWO_GPUS), GPUS) == GPUS
    assert slots_of(parsed(**TWO_GPUS, gpu_ids="3,1"), GPUS) == [GPUS[3], GPUS[1]]
    assert slots_of(parsed(distributed_type="NO"), [Slot("cpu")]) == [Slot("cpu")]


@pytest.mark.parametrize(
    ("said", "slots", "named"),
    [
        (TWO_GPUS, [Slot("cpu")], "2 of its processes want a GPU of this machine each, and there is none"),
        (TWO_GPUS, GPUS[:1], "and there is one"),
        (TWO_GPUS | MACHINES, [Slot("cpu")], "1 of its processes want a GPU"),
        (TWO_GPUS | {"gpu_ids": "0,7"}, GPUS[:2], "gpu_ids names GPU '7', and there is 0, 1"),
        ({"distributed_type": "NO", "gpu_ids": "0"}, [Slot("cpu")], "gpu_ids names GPU '0', and there is none"),
    ],
)
def test_gpus_that_are_not_there_are_refused(said: dict[str, object], slots: list[Slot], named: str) -> None:
    with pytest.raises(UsageError, match=named) as raised:
        slots_of(parsed(**said), slots)
    assert raised.value.hint
