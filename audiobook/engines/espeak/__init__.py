"""eSpeak NG, the engine that is always here, in this process by its library."""
