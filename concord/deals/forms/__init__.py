"""What people type about deals."""
