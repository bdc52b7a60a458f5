# The command in a small image: docker build -t rolecall .
FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --bin rolecall

FROM debian:bookworm-slim
COPY --from=build /build/target/release/rolecall /usr/local/bin/rolecall
USER nobody
EXPOSE 4566
ENTRYPOINT ["rolecall"]
CMD ["serve", "--host", "0.0.0.0"]
