"""What the demo consists of, besides the product itself: loaded by ``manage.py load_demo``, changed by nobody else.

Each module takes one part of ``data/`` to its place through the product's own importers and actions, and can be run
again without changing anything.
"""
