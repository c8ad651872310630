#!/usr/bin/env bash
# Installs the runtimes that hosts/ starts: those of npm into node_modules/, browsers and an emulator from Debian, and the
# libraries of ARM64 that its Node needs. Quick where all is there. Elsewhere than on Debian it says what it leaves out.
set -euo pipefail
cd "$(dirname "$0")"

stamp=node_modules/.installed-lock.json
if ! cmp -s package-lock.json $stamp; then
  npm ci --ignore-scripts
  chmod +x node_modules/node*/bin/node node_modules/@deno/*/deno node_modules/@oven/*/bin/bun # in no package's "bin"
  cp package-lock.json $stamp
fi

packages=(chromium firefox-esr webkit2gtk-driver xvfb qemu-user-static)
libraries=(libc6 libstdc++6 libgcc-s1 libatomic1)
arm64=node_modules/.arm64
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep --quiet ' installed$' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ] && [ -d $arm64 ]; then exit 0; fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "left out, since only root on Debian can install them by this script: ${missing[*]} $arm64" >&2
  exit 0
fi
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ ! -d $arm64 ]; then
  lists=$(mktemp --directory)
  trap 'rm -rf "$lists"' EXIT
  mkdir "$lists/partial"
  options=(-oAPT::Architecture=arm64 -oAPT::Architectures=arm64 "-oDir::State::Lists=$lists" -oDir::State::Status=/dev/null
    -oDir::Cache::pkgcache= -oDir::Cache::srcpkgcache= -oAPT::Sandbox::User=root)
  apt-get -qq "${options[@]}" update
  (cd "$lists" && apt-get -qq "${options[@]}" download "${libraries[@]}")
  for file in "$lists"/*.deb; do dpkg -x "$file" "$lists/root"; done
  mv "$lists/root" $arm64
fi
