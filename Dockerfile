# The server as an image. `make images` builds it with the others of deploy/images; docs/deploy.md tells the rest.
#
# The base is Python 3.13.15, by its digest: what is built today is built tomorrow. renovate.json has newer ones offered;
# `scripts/images.sh --fresh` takes the newest of the release that is named here; PYTHON_IMAGE names any other.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

# --- What is installed: exact versions with hashes, and nothing that pip finds by itself ---
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/venv
WORKDIR /build
COPY requirements/base.txt requirements/storages.txt requirements/otel.txt requirements/backup.txt requirements/
RUN pip --python /opt/venv/bin/python install --no-deps --require-hashes --only-binary :all: \
        -r requirements/base.txt -r requirements/storages.txt -r requirements/otel.txt -r requirements/backup.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip --python /opt/venv/bin/python install --no-deps --no-build-isolation --no-index .

# --- Page files, under names made of their content. No secret is needed for that, and none is kept ---
FROM build AS page-files
RUN BIOLOGIDEX_DATA_DIR=/tmp/data BIOLOGIDEX_STATIC_DIR=/static /opt/venv/bin/biologidex page-files \
 && chmod -R a+rX /static && rm -rf /tmp/data

# --- The suite, on the very packages that ship: TARGET=test scripts/images.sh suite && docker run --rm biologidex:suite ---
FROM build AS test
COPY requirements/test.txt requirements/
RUN pip --python /opt/venv/bin/python install --no-deps --require-hashes -r requirements/test.txt
COPY . .
RUN useradd --uid 10001 --create-home tester && chown tester /build
USER tester
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
CMD ["python", "-m", "pytest", "-p", "no:cacheprovider"]

# --- What runs. Last, so that it is what is built when no target is named ---
FROM ${PYTHON_IMAGE} AS production
RUN groupadd --gid 10001 biologidex \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin biologidex \
 && install -d -o biologidex -g biologidex -m 0750 /var/lib/biologidex /var/lib/biologidex/media \
 && install -d -o 999 -g biologidex -m 0755 /var/lib/biologidex/backup \
 && install -d -o biologidex -g biologidex -m 0755 /srv/static
COPY --from=build /opt/venv /opt/venv
COPY --from=page-files /static /app/static
COPY deploy/gunicorn.conf.py deploy/gunicorn.live.conf.py deploy/healthcheck.py /app/deploy/
WORKDIR /app
# In a command and not only in the environment: a builder that looks at commands alone would take an old layer for it.
ARG VERSION=0.0.0
ARG REVISION=unknown
RUN chmod -R a+rX /app/deploy && printf '%s\n' "${VERSION}" > /app/VERSION && printf '%s\n' "${REVISION}" > /app/REVISION
LABEL org.opencontainers.image.title="BiologiDex" \
      org.opencontainers.image.description="Photograph an animal, have it identified, collect it." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIOLOGIDEX_COMMIT=${REVISION} \
    BIOLOGIDEX_DATA_DIR=/var/lib/biologidex \
    BIOLOGIDEX_STATIC_DIR=/app/static \
    BIOLOGIDEX_METRICS_DIR=/dev/shm/biologidex \
    BIOLOGIDEX_HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Of a web instance. Those that answer nobody are asked for a sign of life instead: `healthcheck.py work`.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-IS", "/app/deploy/healthcheck.py", "web"]
CMD ["gunicorn", "-c", "/app/deploy/gunicorn.conf.py", "biologidex.config.wsgi"]
