"""`python -m gateway`: serve."""

from gateway.app import create_app
from gateway.config import Settings
from servicekit.serve import serve

if __name__ == "__main__":
    serve(Settings, create_app)
