# narrate in a container; docs/platforms.md says how.  Nothing is fetched when it runs.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY audiobook audiobook
RUN python -m venv /opt/narrate && /opt/narrate/bin/pip install --no-cache-dir .

FROM python:3.13-slim
COPY --from=build /opt/narrate /opt/narrate
# Whoever it runs as (docker run --user) may write where narrate writes.
RUN useradd --uid 1000 --no-create-home narrate \
  && install -d -m 1777 /project /project/texts /project/output /voices /cache
ENV PATH=/opt/narrate/bin:$PATH HOME=/cache NARRATE_VOICES=/voices XDG_CACHE_HOME=/cache
USER 1000
WORKDIR /project
VOLUME ["/project/texts", "/project/output", "/voices", "/cache"]
ENTRYPOINT ["narrate"]
