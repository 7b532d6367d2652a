# One entry per habit; PYTHON is the virtual environment that the README's second command makes.
PYTHON ?= .venv/bin/python

.PHONY: test slow lint format bench bench-neural door stress torture shelf mastering sync delivery pace \
	intelligibility calibration ears heard takes docs pictures

test:
	$(PYTHON) -m pytest

slow:
	$(PYTHON) -m pytest -m slow --durations 20

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

# The speed of a cold run against the bare pipe of synthesizer and encoder, in one run.
bench:
	$(PYTHON) -m benchmarks.speed

# The speed of a cold run in Kokoro's voices against kokoro-onnx alone; NARRATE_KOKORO names the release's folder.
bench-neural:
	$(PYTHON) -m benchmarks.neural

# How long a help text and an unchanged run take, against `import click`.
door:
	$(PYTHON) -m benchmarks.door

# 10,000 clips from several voices and workers: complete, none empty, equal text = equal bytes.
stress:
	$(PYTHON) -m benchmarks.stress

# 50 runs killed at random moments: the next run does only what is missing, byte for byte.
torture:
	$(PYTHON) -m benchmarks.torture

# What a shelf of books costs in core-hours and storage.
shelf:
	$(PYTHON) -m benchmarks.shelf

# What mastering costs against the encoding.
mastering:
	$(PYTHON) -m benchmarks.mastering

# Whether words sound when their cues say so, by forced alignment and by onset.
sync:
	$(PYTHON) -m benchmarks.sync

# What is heard of how lines are spoken; whether "he whispered" is a whisper in the finished file.
delivery:
	$(PYTHON) -m benchmarks.delivery

# Words a minute, chapter by chapter.
pace:
	$(PYTHON) -m benchmarks.pace $(if $(VOICES),--voices $(VOICES)) $(BOOKS)

# How fast and loud the built-in voices are (with --write: the table that makes them alike).
calibration:
	$(PYTHON) -m benchmarks.calibration

# Which of the built-in voices are hard to understand, or too much alike.
intelligibility:
	$(PYTHON) -m benchmarks.intelligibility

# What it costs to hear clips as they are made, and what is flagged of them.
takes:
	cd $(or $(FOLDER),.) && PYTHONPATH=$(CURDIR) $(abspath $(PYTHON)) -m benchmarks.takes $(STORIES)

# How many planted faults the recognizer hears in the finished files of FOLDER, and how many it only imagines.
heard:
	cd $(or $(FOLDER),.) && PYTHONPATH=$(CURDIR) $(abspath $(PYTHON)) -m benchmarks.heard $(STORIES)

# How good the stories sound, and what a recognizer hears of them; needs the extra `ears`.
ears:
	$(PYTHON) -m benchmarks.ears $(STORIES)

# The pictures of the studio in README.md and docs/, by the browser's own test.
pictures:
	NARRATE_PICTURES=docs $(PYTHON) -m pytest -n 0 -m slow tests/test_studio_browser.py -k pictures

# Fill README.md and docs/ with real output and pictures.
docs:
	$(PYTHON) docs/render.py
