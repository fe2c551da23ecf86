"""Grade a program: read the tests of a problem and decide what each run is worth."""
