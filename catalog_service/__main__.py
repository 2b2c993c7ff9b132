"""`python -m catalog_service`: serve."""

from catalog_service.app import create_app
from catalog_service.config import Settings
from servicekit.serve import serve

if __name__ == "__main__":
    serve(Settings, create_app)
