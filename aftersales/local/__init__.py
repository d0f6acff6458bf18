"""The installation on one machine: embedded servers and the supervisor of `make run`.

Nothing here imports Django, so that it works before the packages' settings do.
Linux only: it leans on `PR_SET_PDEATHSIG`, `flock` and `/proc`.
"""
