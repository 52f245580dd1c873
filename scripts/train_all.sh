#!/bin/sh
# Train every recipe that ships, one after another, each going on where it stopped.
#
#   scripts/train_all.sh PACKED OUT [RECIPE...]
#
# Needs Python 3.11 or newer with torch, numpy and safetensors, and a packed corpus (boya corpus build); nothing else.
# MINUTES=8 stops in good order after 8 minutes in all, with a checkpoint; PYTHON names the interpreter. All GPUs of the machine
# are used. A recipe that is finished is passed over, so the same line again does the rest.
set -eu
if [ $# -lt 2 ]; then
    sed -n '2,9p' "$0" | sed 's/^# \{0,1\}//' >&2
    exit 2
fi
packed=$1
out=$2
shift 2
python=${PYTHON:-python3}
[ $# -gt 0 ] || set -- gan-likelihood gan seq2seq-melody-2 seq2seq-melody-16 seq2seq-trio-16 \
    gan-dense seq2seq-melody-2-plain seq2seq-melody-16-plain seq2seq-trio-16-plain
PYTHONPATH=$(cd "$(dirname "$0")/.." && pwd)/src${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
gpus=$("$python" -c 'import torch; print(torch.cuda.device_count())')
launch=""
[ "$gpus" -le 1 ] || launch="-m torch.distributed.run --standalone --nproc-per-node $gpus"
end=""
[ -z "${MINUTES:-}" ] || end=$(($(date +%s) + MINUTES * 60))
for recipe in "$@"; do
    limit=""
    if [ -n "$end" ]; then
        left=$((end - $(date +%s)))
        [ "$left" -gt 0 ] || { echo "time is up before $recipe" >&2; exit 143; }
        limit="timeout --signal=TERM --kill-after=60 $left"
    fi
    # shellcheck disable=SC2086  (the launcher and the limit are several words)
    $limit "$python" $launch -m boya.training "$recipe" "$packed" "$out"
done
