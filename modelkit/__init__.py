"""What both model workers share: the engine protocol and its choice, answers and streams, fetched models."""
