#!/usr/bin/env bash
# Installs what the tests need and Go can't bring. It changes nothing that is
# there already.
set -euo pipefail
cd "$(dirname "$0")/.."

want=()
command -v chromium >/dev/null || want+=(chromium)
command -v ffprobe >/dev/null || want+=(ffmpeg)
command -v gcc >/dev/null || want+=(gcc libc6-dev) # the race detector is C
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || want+=(postgresql)
command -v npm >/dev/null || want+=(npm)
if [ ${#want[@]} -gt 0 ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "missing: ${want[*]}; install them, or run this as root" >&2
		exit 1
	fi
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${want[@]}" >/dev/null
fi

# axe-core checks the pages for accessibility. It is used by tests alone.
axe=.cache/node_modules/axe-core/axe.min.js
[ -f "$axe" ] || npm install --silent --no-audit --no-fund --prefix .cache axe-core@4.11.0 >/dev/null
[ -f "$axe" ] || { echo "couldn't install axe-core 4.11.0" >&2; exit 1; }
