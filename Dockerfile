FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY models models
COPY optimizer optimizer
COPY api api
COPY oremix oremix
# Both, because pip 25.3 stopped applying the first to what packages are built with.
ENV PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
RUN python -m venv /opt/oremix && /opt/oremix/bin/pip install --no-cache-dir --quiet '.[postgres,excel,report]'

FROM python:3.11-slim
# A number, so that a cluster can see that it is not root.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin oremix && install --directory --owner 10001 /data
COPY --from=build /opt/oremix /opt/oremix
ENV PATH=/opt/oremix/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV OREMIX_DATABASE_URL=sqlite:////data/oremix.db
VOLUME /data
USER 10001
EXPOSE 8000
# Past any proxy that the container's environment names. One process is always free to answer.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["python", "-c", \
    "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8000/healthz', timeout=9)"]
CMD ["oremix", "serve", "--host", "0.0.0.0", "--port", "8000"]
