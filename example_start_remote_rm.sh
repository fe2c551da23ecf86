#!/usr/bin/env bash
# Starts the reward server in the background, scores an example request, and says how to stop it.
#
#   REWARD_TYPE   what to score with: math_verifier, example_math, example_coding, example_safety, …
#   REWARD_PORT   where to listen
#   DATASET_PATH  the golden dataset, with the keys "question" and "answer"
#   OUTPUT_DIR    where the log and the pid file go
#   VENV          the virtual environment; made if there is none
#
# Any further argument goes to the server: ./example_start_remote_rm.sh --workers 8
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export REWARD_TYPE="${REWARD_TYPE:-math_verifier}"
export REWARD_PORT="${REWARD_PORT:-6000}"
export DATASET_PATH="${DATASET_PATH:-$root/datasets/math_examples.json}"
OUTPUT_DIR="${OUTPUT_DIR:-$root/reward_logs}"
venv="${VENV:-$root/.venv}"
log="$OUTPUT_DIR/reward_server_$REWARD_PORT.log"
pid_file="$OUTPUT_DIR/reward_server_$REWARD_PORT.pid"
start_timeout=120

is_ours() { # is this process id a reward server, and not another process that was given the number since?
    tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q "rule_rm.run_reward_server" ||
        { [ ! -d /proc/self ] && ps -p "$1" -o command= 2>/dev/null | grep -q "rule_rm.run_reward_server"; }
}

fail() {
    echo "error: $1" >&2
    if [ -s "$log" ]; then
        echo "the end of $log:" >&2
        tail -n 20 "$log" >&2
    fi
    exit 1
}

# 1. An environment with rule_rm in it.
if ! "$venv/bin/python" -c "import rule_rm" 2>/dev/null; then
    echo "Setting up $venv ..."
    [ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e "$root"
fi

# 2. The port: a server that this script started before is stopped; anybody else's is left alone.
mkdir -p "$OUTPUT_DIR"
if [ -f "$pid_file" ] && old="$(cat "$pid_file")" && is_ours "$old"; then
    echo "Stopping the server that was started before (process $old) ..."
    kill "$old"
    for _ in $(seq 600); do
        is_ours "$old" || break
        sleep 0.1
    done
    ! is_ours "$old" || fail "process $old does not stop"
fi
rm -f "$pid_file"

# 3. Start, and wait until it says that it answers.
nohup "$venv/bin/python" -m rule_rm.run_reward_server "$@" >"$log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$pid_file"
for _ in $(seq $((start_timeout * 10))); do
    grep -q "Running on" "$log" && break
    kill -0 "$pid" 2>/dev/null || { rm -f "$pid_file"; fail "the server did not start"; }
    sleep 0.1
done
url="$(sed -n 's/.*Running on \(http[^ ]*\).*/\1/p' "$log" | head -n 1)"
if [ -z "$url" ]; then
    kill "$pid" 2>/dev/null || true
    rm -f "$pid_file"
    fail "the server was not ready after $start_timeout s"
fi

# 4. Score an example.
echo "The server runs at $url with $REWARD_TYPE (process $pid, log $log)"
"$venv/bin/python" - "$url" "$DATASET_PATH" <<'PY' || fail "the example request failed"
import json
import os
import sys

from rule_rm import RemoteRewardModel

url, dataset = sys.argv[1:]
with open(dataset, encoding="utf-8") as file:
    item = json.load(file)[0] if dataset.endswith(".json") else json.loads(file.readline())
right = f"<think>Let me see.</think><answer>\\boxed{{{item['answer']}}}</answer>"
responses = {
    "right": right,
    "wrong": "<think>Let me see.</think><answer>\\boxed{12345}</answer>",
    "right, but in a wrong format": f"The answer is \\boxed{{{item['answer']}}}",
}
rewards = RemoteRewardModel(url, token=os.environ.get("RULE_RM_TOKEN")).score(
    [item["question"]] * len(responses), list(responses.values())
)
print(f"\nquestion  {item['question']}")
for (kind, response), reward in zip(responses.items(), rewards):
    print(f"{float(reward):6.2f}    {response}   ({kind})")
PY

echo
echo "Send requests to $url/get_reward"
echo "Stop it with: kill $pid"
