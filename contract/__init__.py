"""Messages between the services, and the rules on them that more than one service applies."""
