"""`python -m rule_rm`, the same as `rule-rm`."""

import sys

from rule_rm.cli import main

sys.exit(main())
