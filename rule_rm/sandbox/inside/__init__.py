"""What runs inside the confinement, beside and under untrusted programs.

It is started on its own, by an isolated interpreter that may read nothing else of the package: standard
library only. Nothing here knows an expected answer but the judge, whose process runs no untrusted code.
"""
