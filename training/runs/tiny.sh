#!/usr/bin/env bash
# From a folder of .txt books (three or more) to a served model in minutes on two CPU cores:
#
#     training/runs/tiny.sh FOLDER [OUT]
#
# A model this small, trained this briefly, is no summariser: the point is that every stage is the real one. Its report
# says how far below lead-3 it is, and that is why the export is forced.
set -euo pipefail
books=${1:?usage: training/runs/tiny.sh FOLDER [OUT]}
out=${2:-var/training/tiny}
python=${PYTHON:-python}

"$python" -m training scrape --from-dir "$books" --out "$out/texts"

# Gap-sentence targets, split by book, duplicates taken out.
"$python" -m training prepare --books "$out/texts" --out "$out/data"

# 2.2 million parameters from scratch, at a hundred times the learning rate of fine-tuning: nothing is there to lose.
"$python" -m training train --data "$out/data" --out "$out/run" \
    --from-scratch tiny --vocabulary 4000 --epochs "${EPOCHS:-4}" --learning-rate 2e-3 --warmup-share 0.1 \
    --best-by loss --eval-limit 32 --num-beams 1

"$python" -m training evaluate --data "$out/data" --run "$out/run" --out "$out/report" --limit "${LIMIT:-40}" --num-beams 2

"$python" -m training export --run "$out/run" --report "$out/report" --out "$out/models/visis-tiny" --force

# For the faster engine on CPUs; the transformers engine serves the folder as it is.
BART_MODELS_DIR="$out/models" "$python" -m bart_service.models fetch "$out/models/visis-tiny/hf" --name visis-tiny

echo "The report is in $out/report/report.md. To serve the model:"
echo "    BART_MODELS_DIR=$out/models BART_MODEL=visis-tiny $python -m bart_service"
