"""`python -m bart_service`: serve."""

from bart_service.app import main

main()
