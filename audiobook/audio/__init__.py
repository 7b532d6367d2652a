"""Audio: clips become a mastered, encoded track."""
