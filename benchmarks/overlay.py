"""Make a read-along EPUB of a story, to look at: python -m benchmarks.overlay STORY [TARGET.epub] [--speech].

The tracks are made through `audiobook.building`, in tones where `--speech` does not ask for a voice.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

from audiobook.audio import Encoder, find_encoder
from audiobook.building.jobs import make_track
from audiobook.caching.clips import ClipCache
from audiobook.model import Image, Release
from audiobook.planning.chapters import ChapterChoice, Scope
from audiobook.planning.plans import Encoding, plan_story
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.publishing.epub import write_epub

TONES = """\
engine: tone
narrator: {voice: tone-low}
pools:
  female: [tone-high, tone-bright]
  male: [tone-deep]
  unknown: [tone-flat]
"""


def make_release(
    story: Path,
    folder: Path,
    *,
    settings: str = TONES,
    chapters: ChapterChoice | None = None,
) -> Release:
    """Speak a story into `folder` and return it as a release; its voices are as in `settings`."""
    folder.mkdir(parents=True, exist_ok=True)
    voices = folder / "voices.yaml"
    voices.write_text(settings, encoding="utf-8")
    encoder = find_encoder()
    project = open_project(folder, voices=voices)
    plan = plan_story(
        story,
        read_settings(project).for_story(story.stem),
        project=project,
        encoding=Encoding(encoder=encoder),
        scope=Scope(chapters=chapters),
    )
    cache = ClipCache(folder / "clips")
    tracks = [make_track(track, cache, encoder, folder).track for track in plan.tracks]
    return Release(
        book=plan.script.book,
        cast=plan.cast,
        tracks=tuple(tracks),
        voices=tuple(dict.fromkeys(role.voice.id for role in plan.cast.roles)),
        cover=paint_cover(encoder),
    )


def paint_cover(encoder: Encoder) -> Image:
    """Return a cover of one colour."""
    picture = ["-f", "lavfi", "-i", "color=c=0x33506b:s=600x800", "-frames:v", "1", "-f", "mjpeg", "-"]
    command = [encoder.program, "-v", "error", "-nostdin", *picture]
    return Image(
        data=subprocess.run(command, check=True, capture_output=True).stdout, media_type="image/jpeg"
    )


def main() -> None:
    """Make the EPUB and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("story", type=Path)
    parser.add_argument("target", type=Path, nargs="?")
    parser.add_argument("--speech", action="store_true", help="speak with the default voices, not in tones")
    options = parser.parse_args()
    settings = Path("voices.yaml").read_text(encoding="utf-8") if options.speech else TONES
    target = options.target or Path(f"{options.story.stem}.epub")
    with tempfile.TemporaryDirectory() as folder:
        release = make_release(options.story, Path(folder), settings=settings)
        began = time.process_time()
        write_epub(release, target, mark="benchmark")
        print(f"{target}: {release.seconds:.0f} s of audio, written in {time.process_time() - began:.2f} s")


if __name__ == "__main__":
    main()
