#!/usr/bin/env bash
# REINFORCE++ in OpenRLHF. docs/trainers/openrlhf.md tells more.
set -euo pipefail
REWARD_URL="${REWARD_URL:-http://127.0.0.1:6000/get_reward}"

# "$(rule-rm path openrlhf)" in the place of the URL scores in OpenRLHF's own process.
python3 -m openrlhf.cli.train_ppo_ray \
    --ref.num_nodes 1 \
    --ref.num_gpus_per_node 2 \
    --actor.num_nodes 1 \
    --actor.num_gpus_per_node 2 \
    --vllm.num_engines 2 \
    --vllm.tensor_parallel_size 1 \
    --train.colocate_actor_ref \
    --actor.model_name_or_path "${MODEL:-Qwen/Qwen2.5-1.5B-Instruct}" \
    --reward.remote_url "$REWARD_URL" \
    --data.prompt_dataset "${PROMPTS:?a dataset}" \
    --data.input_key "${INPUT_KEY:-question}" \
    --data.label_key "${LABEL_KEY:-answer}" \
    --data.apply_chat_template \
    --data.max_len 2048 \
    --rollout.batch_size 1024 \
    --rollout.n_samples_per_prompt 8 \
    --train.batch_size 128 \
    --train.micro_batch_size 8 \
    --ds.zero_stage 3 \
    --ds.param_dtype bf16 \
    --ckpt.output_dir "${OUTPUT_DIR:-output/openrlhf}"
