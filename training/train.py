"""Stage 4: a BART model, fine-tuned or from scratch, with train.json last.

Writes model/ (the best by a validation measure), checkpoints/, tensorboard/ and history.json. A run that was killed
continues from its newest complete checkpoint: a checkpoint counts once its own run.json, written last, is there.
"""

from __future__ import annotations

import shutil
from typing import Any

import datasets
import torch
import transformers
from torch.utils.tensorboard import SummaryWriter
from transformers import DataCollatorForSeq2Seq, PrinterCallback, Seq2SeqTrainingArguments, set_seed
from transformers.integrations import TensorBoardCallback

from training import files, model, rouge
from training.config import TrainConfig
from training.encode import IGNORED, encode
from training.errors import NoData, StageDiffers
from training.seeding import generator
from training.splits import Row
from training.trainer import BYTES_PER_PARAMETER, Trainer, check_room, precision, room


def main(config: TrainConfig) -> dict[str, Any]:
    """Train, or continue; return what was used and reached.

    Raises StageMissing, ModelUnusable, WrongArchitecture, LossNotFinite, DiskFull, StageDiffers.
    """
    done = files.finished("train", config)
    if done is not None:
        return done
    files.record("prepare", config.data)
    rows = {name: files.read_lines(config.data / f"{name}.jsonl") for name in ("train", "validation")}
    if not rows["train"] or not rows["validation"]:
        raise NoData(f"{len(rows['train'])} training and {len(rows['validation'])} validation rows in {config.data}")
    trainer, facts = make_trainer(config, rows["train"], rows["validation"])
    trainer.train(resume_from_checkpoint=_resumable(config, trainer.model))
    return _finish(config, trainer, facts)


def make_trainer(config: TrainConfig, train: list[Row], validation: list[Row]) -> tuple[Trainer, dict[str, Any]]:
    """A trainer ready to run, and the facts known before it runs."""
    set_seed(config.seed)
    if config.quiet:
        datasets.disable_progress_bars()
        transformers.utils.logging.disable_progress_bar()
    # The from-scratch tokenizer sees the training split only, like the model.
    texts = (row[part] for row in train for part in ("text", "summary"))
    net, tokenizer = model.make(config, texts) if config.from_scratch else model.load(config.model)
    model.set_lengths(net, config.max_target)
    sample = generator(config.seed, "validation").sample(validation, min(config.eval_limit, len(validation)))
    encoded, cut = encode(train, tokenizer, config)
    encoded_sample, _ = encode(sample, tokenizer, config)
    facts = {
        "kind": "trained from scratch" if config.from_scratch else f"fine-tuned from {config.model}",
        "parameters": net.num_parameters(),
        "train_rows": len(train),
        "validation_rows": len(sample),
        **cut,
    }
    trainer = Trainer(
        run=config,
        model=net,
        args=_arguments(config),
        train_dataset=encoded,
        eval_dataset=encoded_sample,
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=net, label_pad_token_id=IGNORED),
        processing_class=tokenizer,
        compute_metrics=lambda predicted: _metrics(tokenizer, predicted),
        callbacks=[TensorBoardCallback(SummaryWriter(log_dir=str(config.out / "tensorboard")))],
    )
    # Without a progress bar the Trainer prints its log on standard output, where the stage's one line of JSON goes.
    trainer.remove_callback(PrinterCallback)
    return trainer, facts


def _arguments(config: TrainConfig) -> Seq2SeqTrainingArguments:
    chosen = precision(config)
    return Seq2SeqTrainingArguments(
        output_dir=str(config.out / "checkpoints"),
        seed=config.seed,
        data_seed=config.seed,
        learning_rate=config.learning_rate,
        warmup_steps=config.warmup_share,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=max(8, config.batch_size),
        gradient_accumulation_steps=config.accumulation,
        num_train_epochs=config.epochs,
        max_steps=config.max_steps,
        weight_decay=config.weight_decay,
        train_sampling_strategy="group_by_length" if config.bucketing else "random",
        length_column_name="length",
        bf16=chosen == "bf16",
        fp16=chosen == "fp16",
        gradient_checkpointing=config.gradient_checkpointing,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=config.keep_checkpoints,
        load_best_model_at_end=True,
        metric_for_best_model=config.best_by,
        greater_is_better=config.best_by != "loss",
        predict_with_generate=True,
        generation_max_length=config.max_target,
        generation_num_beams=config.num_beams,
        logging_steps=config.log_steps,
        # The Trainer's default replaces a NaN by the mean of what came before.
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=config.quiet,
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _metrics(tokenizer: Any, predicted: Any) -> dict[str, float]:
    """ROUGE of what the model generated (not of teacher-forced guesses) on the validation sample."""
    made, wanted = (
        tokenizer.batch_decode(
            [[token for token in row if token != IGNORED] for row in ids.tolist()], skip_special_tokens=True
        )
        for ids in (predicted.predictions, predicted.label_ids)
    )
    return rouge.means(wanted, made)


def _resumable(config: TrainConfig, net: Any) -> str | None:
    """The newest complete checkpoint; incomplete ones, left by a kill, are deleted.

    Raises WrongArchitecture or StageDiffers when it comes from another run.
    """
    numbered = sorted((config.out / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    for folder in reversed(numbered):
        if not (folder / "run.json").exists():
            shutil.rmtree(folder)
            continue
        model.check_same_shape(folder, net)
        before, now = files.read_json(folder / "run.json"), files.settings(config)
        different = sorted(name for name in now if before.get(name) != now[name])
        if different:
            raise StageDiffers(f"{folder} is of a run with another {', '.join(different)}; choose another out")
        return str(folder)
    needed = net.num_parameters() * BYTES_PER_PARAMETER * (config.keep_checkpoints + 1)
    check_room(config.out / "checkpoints", needed, f"{config.keep_checkpoints + 1} checkpoints")
    return None


def _finish(config: TrainConfig, trainer: Trainer, facts: dict[str, Any]) -> dict[str, Any]:
    """Save the best model and what is known of the run."""
    with room(config.out / "model", trainer.model.num_parameters() * 4, "the model"):
        trainer.save_model(str(config.out / "model"))
    files.write_json(config.out / "history.json", trainer.state.log_history)
    last: dict[str, Any] = next((row for row in reversed(trainer.state.log_history) if "train_runtime" in row), {})
    return files.finish(
        "train",
        config,
        {
            **facts,
            "steps": trainer.state.global_step,
            "best_step": trainer.state.best_global_step,
            f"best_{config.best_by}": trainer.state.best_metric,
            "train_loss": last.get("train_loss"),
            "seconds": last.get("train_runtime"),
            "device": str(trainer.args.device),
            "precision": precision(config),
            "transformers": transformers.__version__,
            "torch": torch.__version__,
        },
    )
