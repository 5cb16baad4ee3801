"""The extranet's pages about deals."""
