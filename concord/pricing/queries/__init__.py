"""Every non-trivial read of catalogue, prices, quotes and stock."""
