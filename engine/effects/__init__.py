"""Who performs an effect that LiraX must do: a file for each kind, told of in `registry`."""
