#!/bin/sh
# Runs the first Python of this machine that is 3.11 or newer, with the arguments given.
set -eu
cd "$(dirname "$0")/.."
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$@"
    fi
done
echo "error: Python 3.11 or newer is needed, and none was found as python3: install it (Debian 12, Ubuntu 24.04" \
    "and newer have it as python3), or use Docker Compose: docker compose up." >&2
exit 2
