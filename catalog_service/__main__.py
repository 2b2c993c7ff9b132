"""`python -m catalog_service`: serve, or run one of the commands (`--help` lists them)."""

import sys

from catalog_service.app import create_app
from catalog_service.commands import main
from catalog_service.config import Settings
from servicekit.serve import serve

if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(sys.argv[1:]))
    serve(Settings, create_app)
