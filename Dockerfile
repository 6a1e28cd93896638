# Two stages: the first builds a virtual environment from the locked versions, the second only runs it.
FROM python:3.11-slim AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.lock requirements-build.lock ./
RUN /venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY flows flows
COPY storage storage
COPY templates_msg templates_msg
RUN python -m venv /tools \
 && /tools/bin/pip install --require-hashes -r requirements-build.lock \
 && /tools/bin/python -m hatchling build -t wheel -d /wheels \
 && /venv/bin/pip install --no-deps /wheels/*.whl

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --home-dir /app rollcall && install -d -o 10001 -g 10001 /app/data
COPY --from=build /venv /venv
WORKDIR /app
USER 10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 ROLLCALL_HOST=0.0.0.0 ROLLCALL_PORT=8080 DB_PATH=/app/data/rollcall.db
VOLUME /app/data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", \
  "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['ROLLCALL_PORT']}/health/ready\", timeout=2)"]
STOPSIGNAL SIGTERM
# --host wins over a ROLLCALL_HOST that an env file brings along: 127.0.0.1 would be the inside of the container alone.
CMD ["rollcall", "serve", "--host", "0.0.0.0"]
