"""One feedback page per learner."""
