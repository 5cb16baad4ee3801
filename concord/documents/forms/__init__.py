"""What people type: the library's filters, and the desk's form of a document."""
