#!/usr/bin/env bash
# GRPO in ms-swift, with two rewards. docs/trainers/ms_swift.md tells more.
set -euo pipefail
export RULE_RM_URL="${RULE_RM_URL:-http://127.0.0.1:6000}"

NPROC_PER_NODE="${NPROC_PER_NODE:-4}" swift rlhf \
    --rlhf_type grpo \
    --model "${MODEL:-Qwen/Qwen2.5-1.5B-Instruct}" \
    --external_plugins "$(rule-rm path swift)" \
    --reward_funcs rule_rm rule_rm_repetition_penalty \
    --reward_weights 1 0.1 \
    --dataset "${DATASET:-AI-MO/NuminaMath-TIR#1000}" \
    --use_vllm true \
    --vllm_mode colocate \
    --torch_dtype bfloat16 \
    --max_completion_length 2048 \
    --num_generations 8 \
    --per_device_train_batch_size 8 \
    --learning_rate 1e-6 \
    --num_train_epochs 1 \
    --output_dir "${OUTPUT_DIR:-output/ms_swift}"
