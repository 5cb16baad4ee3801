"""The channel manager's place: the queue of registrations, the workbench to decide on them, every deal."""
