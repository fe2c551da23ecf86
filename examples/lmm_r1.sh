#!/usr/bin/env bash
# lmm-r1, or an OpenRLHF whose options have no dots. docs/trainers/openrlhf.md tells more.
set -euo pipefail
REWARD_URL="${REWARD_URL:-http://127.0.0.1:6000/get_reward}"

python3 -m openrlhf.cli.train_ppo_ray \
    --ref_num_nodes 1 \
    --ref_num_gpus_per_node 2 \
    --actor_num_nodes 1 \
    --actor_num_gpus_per_node 2 \
    --vllm_num_engines 2 \
    --colocate_actor_ref \
    --pretrain "${MODEL:-Qwen/Qwen2.5-VL-3B-Instruct}" \
    --remote_rm_url "$REWARD_URL" \
    --prompt_data "${PROMPTS:?a dataset}" \
    --input_key "${INPUT_KEY:-message}" \
    --label_key "${LABEL_KEY:-answer}" \
    --apply_chat_template \
    --n_samples_per_prompt 8 \
    --rollout_batch_size 256 \
    --train_batch_size 128 \
    --micro_train_batch_size 2 \
    --zero_stage 3 \
    --bf16 \
    --save_path "${OUTPUT_DIR:-output/lmm_r1}"
