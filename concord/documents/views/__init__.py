"""Pages of the library, and the only door through which its files leave."""
