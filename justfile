# Each recipe is one plain command.

default:
    @just --list

# Run the built-in market
run:
    cargo run --release -- simulate

# Everything that must pass before a change lands
ci:
    .ci/run

test:
    cargo test --workspace

lint:
    cargo clippy --workspace --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features

bench:
    cargo bench --workspace

# Licences, sources, and who may depend on whom
deny:
    cargo deny check bans licenses sources

# Fuzz sequences of operations for a minute; needs a nightly toolchain and cargo-fuzz
fuzz target="pool_ops":
    CARGO_PROFILE_RELEASE_LTO=false cargo +nightly fuzz run {{target}} --features libfuzzer -- -max_total_time=60 -len_control=0
