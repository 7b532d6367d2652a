"""What the user's cache keeps under hashes: clips, scripts, waveforms."""
