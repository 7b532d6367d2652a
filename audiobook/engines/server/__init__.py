"""Speech servers: whatever answers as OpenAI's `/v1/audio/speech` does."""
