# The API and the worker, on engines elsewhere: MONGODB_URL, REDIS_URL and AUTH_KEYS have to be set.

FROM node:22-slim AS explorer
WORKDIR /src/explorer
COPY explorer/package.json explorer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY explorer/ ./
COPY server/static/graphiql/ /src/server/static/graphiql/
RUN npm run build

FROM python:3.11-slim AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/brandgraph
COPY requirements/production.lock requirements/build.lock /src/requirements/
RUN /opt/brandgraph/bin/pip install --require-hashes --no-deps \
    --requirement /src/requirements/production.lock --requirement /src/requirements/build.lock
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY execution execution
COPY schema schema
COPY resolvers resolvers
COPY subscriptions subscriptions
COPY services services
COPY datasources datasources
COPY server server
COPY --from=explorer /src/server/static/explorer server/static/explorer
RUN /opt/brandgraph/bin/pip install --no-deps --no-build-isolation . \
    && /opt/brandgraph/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim AS runtime
RUN groupadd --system --gid 10001 brandgraph \
    && useradd --system --uid 10001 --gid brandgraph --no-create-home brandgraph
COPY --from=builder /opt/brandgraph /opt/brandgraph
COPY LICENSE NOTICE /usr/share/doc/brandgraph/
ENV PATH=/opt/brandgraph/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    BRANDGRAPH_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    LOG_FORMAT=json
WORKDIR /srv
USER brandgraph
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health/live\", timeout=2)"]
CMD ["brandgraph", "serve"]
