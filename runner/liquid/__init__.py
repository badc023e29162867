"""Templates: python-liquid with the platform's dialect. Knows the model, nothing of HTTP or storage."""
