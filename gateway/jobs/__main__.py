"""`python -m gateway.jobs`: run jobs."""

from gateway.jobs.runner import main

if __name__ == "__main__":
    main()
