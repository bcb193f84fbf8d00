# The binary, linked statically against musl, and nothing else in the image:
#
#     docker build -t backend-lint .
#     docker run --rm -v "$PWD:/work" backend-lint check --migrations all
#
# What CI proves of this file and what it does not: the image has not been built there, for want of a registry of images. What is
# proved instead (tests/packages/static.py) is that the binary runs in a root directory that holds nothing but it and a repository.
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
# The manifest names the benches, so cargo wants to see them.
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY data data
COPY rules rules
COPY src src
RUN cargo build --release --locked --bin backend-lint

FROM scratch
COPY --from=build /src/target/release/backend-lint /backend-lint
WORKDIR /work
ENTRYPOINT ["/backend-lint"]
