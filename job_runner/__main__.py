"""`python -m job_runner`: run jobs."""

from job_runner.runner import main

if __name__ == "__main__":
    main()
