"""One module a command: `run(...) -> int` does the work and returns the exit code. Imported when called."""
