"""ms-swift's plugin, in a directory of its own: ms-swift puts that on the import path."""
