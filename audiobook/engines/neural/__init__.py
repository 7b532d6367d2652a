"""What the engines that run a model by onnxruntime share: files, sessions, pace, pitch, long texts."""
