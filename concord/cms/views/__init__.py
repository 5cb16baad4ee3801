"""Home, search, and the pages that editors write."""
