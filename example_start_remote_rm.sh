#!/usr/bin/env bash
# Starts the reward server in the background, scores example responses, and says how to stop it.
#
# usage: ./example_start_remote_rm.sh [OPTION ...]
#
# Every option of `rule-rm serve` works here, and so does its environment variable:
#   ./example_start_remote_rm.sh --reward-type code_tests --port 6001 --workers 8
#
#   REWARD_TYPE   what to score with: math_verifier (default), math_equal, code_tests, example_coding, ...
#   REWARD_PORT   the port (default: 6000)
#   DATASET_PATH  the golden dataset (default: the example dataset that fits the reward type)
#   OUTPUT_DIR    the directory of the log and the file with the process id (default: reward_logs)
#   VENV          the virtual environment, created if there is none (default: .venv)
#   PYTHON        the interpreter that creates it (default: python3)
#   START_TIMEOUT seconds that the server may take to start (default: 300)
#
# Started again for the same port, it replaces the server that it started before. If anything fails, it leaves no
# server behind.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="${VENV:-$root/.venv}"
start_timeout="${START_TIMEOUT:-300}"
output_dir="${OUTPUT_DIR:-$root/reward_logs}"
port="${REWARD_PORT:-6000}"
reward_type="${REWARD_TYPE:-}"
has_config="${RULE_RM_REWARD_CONFIG:+yes}"
pid="" log="" pid_file=""

usage() { sed -n '2,/^set -/{/^set -/d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}"; }

# 1. The options that this script needs to know itself. All but --output-dir go to the server.
arguments=()
has_dataset="${DATASET_PATH:+yes}"
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            usage
            [ ! -x "$venv/bin/rule-rm" ] || { echo && "$venv/bin/rule-rm" serve --help; }
            exit 0
            ;;
        --output-dir) output_dir="${2:?--output-dir needs a directory}" && shift 2 && continue ;;
        --output-dir=*) output_dir="${1#*=}" && shift && continue ;;
        --port) port="${2:?--port needs a number}" ;;
        --port=*) port="${1#*=}" ;;
        --reward-type) reward_type="${2:?--reward-type needs a name}" ;;
        --reward-type=*) reward_type="${1#*=}" ;;
        --dataset | --dataset=*) has_dataset=yes ;;
        --reward-config | --reward-config=*) has_config=yes ;;
    esac
    arguments+=("$1")
    shift
done
if [ -z "$has_dataset" ]; then
    case "$reward_type" in
        code_tests)
            DATASET_PATH="$root/datasets/coding_examples.json"
            export RULE_RM_ANSWER_KEY="${RULE_RM_ANSWER_KEY:-tests}"
            ;;
        example_coding | code_format) DATASET_PATH="$root/datasets/coding_examples.json" ;;
        example_safety | safety_rules) DATASET_PATH="$root/datasets/safety_examples.json" ;;
        *) DATASET_PATH="$root/datasets/math_examples.json" ;;
    esac
fi
export DATASET_PATH REWARD_PORT="$port"
# The log is written by one process alone: this script's redirection. The journal is kept beside it.
unset OUTPUT_DIR
export RULE_RM_JOURNAL="${RULE_RM_JOURNAL:-$output_dir}"

if [ -z "$reward_type" ]; then
    [ -n "$has_config" ] && reward_type="the mixture" || reward_type="math_verifier"
fi

fail() {
    echo "error: $1" >&2
    if [ -n "$log" ] && [ -s "$log" ]; then
        echo "the end of $log:" >&2
        tail -n 20 "$log" >&2
    fi
    exit 1
}

is_ours() { # is this process id a reward server, and not another process that was given the number since?
    tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q "rule_rm.run_reward_server" ||
        { [ ! -d /proc/self ] && ps -p "$1" -o command= 2>/dev/null | grep -q "rule_rm.run_reward_server"; }
}

stop() { # stop the server with this process id, and wait until it is gone
    kill "$1" 2>/dev/null || true
    for _ in $(seq 600); do
        is_ours "$1" || return 0
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
}

leave_nothing() { # however this script ends, unless all went well
    [ -z "$pid" ] || stop "$pid"
    [ -z "$pid_file" ] || rm -f "$pid_file"
}
trap leave_nothing EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# 2. An environment with rule_rm in it.
PYTHON="${PYTHON:-python3}" "$root/.ci/venv" "$venv" || exit 1
is_installed() { "$venv/bin/python" -c "import rule_rm.cli, rule_rm.web.serve" 2>/dev/null; }
if ! is_installed; then
    echo "Installing rule_rm into $venv ..."
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e "$root" || fail "rule_rm can't be installed"
    is_installed || "$venv/bin/python" -c "import rule_rm.cli, rule_rm.web.serve" || fail "rule_rm can't be imported"
fi

# 3. The port: a server that this script started before is stopped; any other is left alone.
mkdir -p "$output_dir"
log="$output_dir/reward_server_$port.log"
pid_file="$output_dir/reward_server_$port.pid"
if [ -f "$pid_file" ] && old="$(cat "$pid_file")" && is_ours "$old"; then
    echo "Stopping the server that was started before (process $old) ..."
    stop "$old"
    ! is_ours "$old" || fail "process $old does not stop"
fi
rm -f "$pid_file"
[ ! -s "$log" ] || mv "$log" "$log.1"

# 4. Start, and wait until it says that it answers.
nohup "$venv/bin/python" -m rule_rm.run_reward_server ${arguments[@]+"${arguments[@]}"} >"$log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$pid_file"
url=""
for tenth in $(seq $((start_timeout * 10))); do
    url="$(sed -n 's/.*Running on \(http[^ ]*\).*/\1/p' "$log" | head -n 1)"
    [ -z "$url" ] || break
    kill -0 "$pid" 2>/dev/null || { pid="" && fail "the server did not start"; }
    [ "$tenth" -ne 50 ] || echo "Waiting for the server to start (log $log) ..."
    sleep 0.1
done
[ -n "$url" ] || fail "the server was not ready after $start_timeout s; START_TIMEOUT gives it longer"
if [ "$port" = 0 ]; then # a free port was taken: the files are called by it
    port="${url##*:}"
    mv "$log" "$output_dir/reward_server_$port.log"
    mv "$pid_file" "$output_dir/reward_server_$port.pid"
    log="$output_dir/reward_server_$port.log" pid_file="$output_dir/reward_server_$port.pid"
fi
echo "The server runs at $url with $reward_type (process $pid, log $log)"
echo

# 5. Score examples.
"$venv/bin/python" -m rule_rm demo --url "$url" ${arguments[@]+"${arguments[@]}"} ||
    fail "the example request failed, so the server is stopped"

echo
echo "Send requests to $url/get_reward"
viewer="$(sed -n 's/.*The viewer is at \(http[^ ]*\).*/\1/p' "$log" | head -n 1)"
[ -z "$viewer" ] || echo "Look at the rollouts at $viewer"
echo "Stop it with: kill $pid"
trap - EXIT
