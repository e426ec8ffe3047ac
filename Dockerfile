# The program with its runtime library, as an unprivileged user.
#
#   docker build -t augur .
#   docker run -p 8080:8080 -v augur-data:/data augur

FROM golang:1.26.8-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY scripts ./scripts
RUN scripts/ort
COPY . .
ARG VERSION=dev
RUN VERSION=$VERSION scripts/build \
    && mkdir -p /out/lib /out/data \
    && cp .build/augur /out/augur \
    && cp .build/onnxruntime/*/libonnxruntime.so.* /out/lib/libonnxruntime.so

# cc: the C and C++ runtimes that SQLite and ONNX Runtime need, and nothing else.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/augur /usr/local/bin/augur
COPY --from=build /out/lib/libonnxruntime.so /usr/local/lib/libonnxruntime.so
COPY --from=build --chown=nonroot:nonroot /out/data /data
COPY examples/models /usr/share/augur/models
ENV AUGUR_ONNXRUNTIME_LIB=/usr/local/lib/libonnxruntime.so \
    AUGUR_DATA_DIR=/data \
    AUGUR_HTTP_LISTEN=:8080 \
    AUGUR_HTTP_ALLOW_ANONYMOUS=true
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["augur", "health"]
ENTRYPOINT ["augur"]
CMD ["serve"]
