"""Django's own command line, for developers. People use `gulou`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gulou.config.settings")
    execute_from_command_line(sys.argv)
