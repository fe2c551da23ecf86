"""ms-swift's plugin `rule_rm_plugin`, in a folder of its own, since ms-swift puts that on the import path."""
