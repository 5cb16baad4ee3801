"""Set up, run and test Concord on a bare machine. Standard library only: this runs before anything is installed."""
