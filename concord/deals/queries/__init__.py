"""Every non-trivial read of deals: actor and moment in, rows or dataclasses out."""
