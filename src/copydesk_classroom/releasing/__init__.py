"""Student editions, with or without the key."""
