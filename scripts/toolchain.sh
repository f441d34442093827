# Sourced by the other scripts. Makes `cargo` work on machines where rustup has the compiler that
# rust-toolchain.toml pins under another name only, such as `stable`, and cannot download it.
if command -v rustup >/dev/null && ! cargo --version >/dev/null 2>&1; then
    pinned=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
    for toolchain in $(rustup toolchain list --quiet); do
        if [[ "$(rustup run "$toolchain" rustc --version 2>/dev/null)" == "rustc $pinned "* ]]; then
            export RUSTUP_TOOLCHAIN=$toolchain
        fi
    done
    unset pinned toolchain
fi
