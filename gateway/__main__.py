"""`python -m gateway`: serve; `python -m gateway keys`: manage the API keys."""

import sys

from gateway import keys
from gateway.app import create_app
from gateway.config import Settings
from servicekit.serve import load_settings, serve

if __name__ == "__main__":
    if sys.argv[1:2] == ["keys"]:
        sys.exit(keys.command(keys.Keys(load_settings(Settings).keys_path()), sys.argv[2:]))
    serve(Settings, create_app)
