#!/usr/bin/env python3
"""Django's commands. Without DATABASE_URL and DJANGO_SETTINGS_MODULE they act on the demo."""

from __future__ import annotations

import os
import sys


def main() -> None:
    from ops.environment import sign_in_as_owner, use_demo

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        if "DATABASE_URL" in os.environ:
            os.environ["DJANGO_SETTINGS_MODULE"] = "concord.portal.settings.production"
        else:
            use_demo(os.environ)
    sign_in_as_owner(command, os.environ)

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
