"""Ways to run Visis."""
