"""Run a program in a sandbox: the interface, and the local and remote implementations."""
