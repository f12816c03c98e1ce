# What fuzz/smoke and fuzz/campaign share; to be sourced.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Programs with counters are kept apart from those of ordinary builds.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/libfuzzer
programs=$CARGO_TARGET_DIR/fuzz

# Builds these targets.
build() {
    RUSTC_WORKSPACE_WRAPPER=$PWD/fuzz/rustc \
        cargo build --quiet --profile fuzz -p cenote-fuzz --features libfuzzer "${@/#/--bin=}"
}

# How libFuzzer is to run a target. An input that takes ten seconds or 512 MB is a finding.
options() {
    local length=256 dictionary=fuzz/dictionaries/$1
    case $1 in
        *_csv | *_json) length=2048 ;;
    esac
    echo "-max_len=$length" -len_control=0 -timeout=10 -rss_limit_mb=512 -print_final_stats=1
    if [[ -e $dictionary ]]; then echo "-dict=$dictionary"; fi
}

# The number behind a word in libFuzzer's log, at its first or last place: `found -1 cov: log`.
found() {
    local hits
    mapfile -t hits < <(grep -oE "$2 *[0-9]+" "$3")
    if ((${#hits[@]})); then echo "${hits[$1]##* }"; else echo 0; fi
}
