"""Every write of deals: one function per business change, with its lock, its checks and its event."""
