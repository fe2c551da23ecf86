#!/usr/bin/env bash
# GRPO in TRL. docs/trainers/trl.md tells more.
set -euo pipefail
export RULE_RM_URL="${RULE_RM_URL:-http://127.0.0.1:6000}"

trl grpo \
    --model_name_or_path "${MODEL:-Qwen/Qwen2.5-0.5B-Instruct}" \
    --dataset_name "${DATASET:-trl-lib/DeepMath-103K}" \
    --reward_funcs rule_rm.integrations.trl.reward \
    --num_generations 8 \
    --max_completion_length 1024 \
    --learning_rate 1e-6 \
    --output_dir "${OUTPUT_DIR:-output/trl}"
