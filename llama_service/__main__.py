"""`python -m llama_service`: serve."""

from llama_service.app import create_app
from llama_service.config import LlamaSettings
from servicekit.serve import serve

if __name__ == "__main__":
    serve(LlamaSettings, create_app)
