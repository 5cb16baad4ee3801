"""May this actor do that, and if not, why not."""
