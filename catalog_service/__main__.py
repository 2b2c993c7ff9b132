"""`python -m catalog_service`: serve, or run one of the commands (`--help` lists them)."""

from catalog_service.commands import main

if __name__ == "__main__":
    main()
