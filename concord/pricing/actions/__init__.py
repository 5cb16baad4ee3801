"""Every write of catalogue, prices, quotes and stock."""
