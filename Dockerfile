# The program with its runtime library, the demo models and nothing else, as an
# unprivileged user.
#
#   docker build -t augur .
#   docker run -p 8080:8080 -v augur-data:/data augur serve --import.dir /usr/share/augur/models

FROM node:20-bookworm-slim AS runtime
WORKDIR /src
COPY scripts ./scripts
RUN scripts/ort

FROM golang:1.26.8-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends locales && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN VERSION=$VERSION scripts/build
COPY --from=runtime /src/.build/onnxruntime ./.build/onnxruntime
RUN scripts/image /image && mkdir /empty

FROM scratch
COPY --from=build /image /
COPY --from=build --chown=65532:65532 /empty /data
COPY --from=build --chown=65532:65532 /empty /tmp
USER 65532:65532
# A container's port is reached only where it is published.
ENV PATH=/usr/local/bin \
    AUGUR_ONNXRUNTIME_LIB=/usr/local/lib/libonnxruntime.so \
    AUGUR_DATA_DIR=/data \
    AUGUR_HTTP_LISTEN=:8080 \
    AUGUR_HTTP_ALLOW_ANONYMOUS=true
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["augur", "health"]
ENTRYPOINT ["augur"]
CMD ["serve"]
