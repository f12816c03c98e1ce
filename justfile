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

# Licences, sources, and who may depend on whom; fetches cargo-deny where it is missing
deny:
    scripts/deny

# The core's tests under an interpreter that finds undefined behaviour; needs a nightly toolchain
miri *targets:
    scripts/miri {{targets}}

# Every mutant of the kernel and the pool must fail a test; takes hours
mutants:
    scripts/mutants

# Every fuzz target for a short while, and the canary that must fail
fuzz seconds="20":
    fuzz/smoke {{seconds}}
