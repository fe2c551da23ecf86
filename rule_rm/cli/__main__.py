"""`python -m rule_rm.cli`, the same as `rule-rm`."""

import sys

from rule_rm.cli import main

sys.exit(main())
