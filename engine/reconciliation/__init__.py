"""What call history knows of calls that nobody else told of: looking, learning, taking in, comparing."""
