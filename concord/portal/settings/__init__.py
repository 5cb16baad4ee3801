"""Settings by situation: ``demo`` and ``test`` on an embedded server, ``production`` from the environment alone."""
