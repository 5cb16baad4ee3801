"""Changes of the library, one function each."""
