collect_ignore = ["cluster_rules.py"]
