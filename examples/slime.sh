#!/usr/bin/env bash
# GRPO in slime, from its root; the model's arguments are those of its own scripts. docs/trainers/slime.md.
set -euo pipefail
REWARD_URL="${REWARD_URL:-http://127.0.0.1:6000/get_reward}"

ROLLOUT_ARGS=(
    --prompt-data "${PROMPTS:-/root/dapo-math-17k/dapo-math-17k.jsonl}"
    --input-key prompt
    --label-key label
    --apply-chat-template
    --rollout-shuffle
    --rm-type remote_rm
    --rm-url "$REWARD_URL"
    --num-rollout 3000
    --rollout-batch-size 32
    --n-samples-per-prompt 8
    --rollout-max-response-len 8192
    --global-batch-size 256
)

source "scripts/models/${MODEL:-qwen3-4B}.sh"
ray job submit --address=http://127.0.0.1:8265 -- python3 train.py \
    --actor-num-nodes 1 \
    --actor-num-gpus-per-node 8 \
    --colocate \
    --hf-checkpoint "${CHECKPOINT:?the directory of a model of Hugging Face}" \
    --ref-load "${REF_LOAD:?the same for Megatron}" \
    --advantage-estimator grpo \
    "${MODEL_ARGS[@]}" "${ROLLOUT_ARGS[@]}" "$@"
