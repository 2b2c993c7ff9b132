#!/usr/bin/env bash
# The original system's run, with its own values: Project Gutenberg's authors A to F (849 files), facebook/bart-base
# fine-tuned with learning rate 2e-5, batch 2 with 4 accumulated, 20 epochs, weight decay 0.01, the best by ROUGE-L.
#
#     training/runs/original.sh [OUT]
#
# It needs the network for the texts (849 polite requests take about half an hour) and for facebook/bart-base, and wants
# a GPU. What differs from the original is what was wrong with it: targets are gap sentences and not one word, splits are
# by book, label padding is left out of the loss, and batches are padded to their longest text only.
set -euo pipefail
out=${1:-var/training/original}
python=${PYTHON:-python}

"$python" -m training scrape --authors A-F --limit 849 --out "$out/texts"

"$python" -m training prepare --books "$out/texts" --out "$out/data" --licence "public domain in the USA"

"$python" -m training train --data "$out/data" --out "$out/run" \
    --model facebook/bart-base --max-source 1024 --max-target 128 \
    --learning-rate 2e-5 --batch-size 2 --accumulation 4 --epochs 20 --weight-decay 0.01 \
    --keep-checkpoints 2 --log-steps 10 --num-beams 4 --precision auto

"$python" -m training evaluate --data "$out/data" --run "$out/run" --out "$out/report" --pretrained facebook/bart-base

"$python" -m training export --run "$out/run" --report "$out/report" --out "$out/models/visis-bart-base" --licence apache-2.0

BART_MODELS_DIR="$out/models" "$python" -m bart_service.models fetch "$out/models/visis-bart-base/hf" --name visis-bart-base
