#!/usr/bin/env bash
# PPO in align-anything, run from its scripts/ directory. docs/trainers/align_anything.md tells more.
set -euo pipefail
REWARD_URL="${REWARD_URL:-http://127.0.0.1:6000/get_reward}"
MODEL="${MODEL:-meta-llama/Llama-3.1-8B-Instruct}"

source ./setup.sh

deepspeed \
    --master_port "$MASTER_PORT" \
    --module align_anything.trainers.text_to_text.ppo_remote_rm \
    --actor_model_name_or_path "$MODEL" \
    --reward_critic_model_name_or_path "$MODEL" \
    --remote_rm_url "$REWARD_URL" \
    --train_datasets "${TRAIN_DATASETS:?a JSON file of questions and answers}" \
    --train_template Math-Zero-RL \
    --train_split train \
    --ptx_datasets tatsu-lab/alpaca \
    --ptx_template Alpaca \
    --ptx_split train \
    --output_dir "${OUTPUT_DIR:-output/ppo_remote_rm}"
