"""Hold the sandbox's processes: the backends, the zygotes and the host that supervises them."""
