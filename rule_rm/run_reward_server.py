"""`python -m rule_rm.run_reward_server`, the same as `rule-rm serve`: people come with that command."""

import sys

from rule_rm.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
