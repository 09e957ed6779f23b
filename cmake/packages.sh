# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages serin needs, in one place for ./quickstart and ./check. Sourced by bash.
# shellcheck shell=bash disable=SC2034 # the lists are for those who source this

build_packages="gcc libc6-dev cmake ninja-build pkg-config libcurl4-openssl-dev nettle-dev libgsl-dev libjansson-dev libyaml-dev"
build_packages="$build_packages libsnappy-dev libmicrohttpd-dev libgnutls28-dev libstdc++-12-dev libprotobuf-c-dev protobuf-c-compiler libsqlite3-dev libpq-dev"
live_packages="prometheus"
peer_packages="python3-numpy python3-scipy r-base-core" # the statistics are held against SciPy and R
test_packages="libcmocka-dev python3 python3-prometheus-client python3-html5lib tzdata openssl prometheus-alertmanager victoria-metrics valgrind clang libclang-rt-14-dev postgresql $peer_packages $live_packages"

# install_packages NAME...: installs what is missing; asks nothing, and needs neither root nor apt when nothing is.
install_packages() {
    local missing="" name root=""
    for name in "$@"; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true) in
        installed) ;;
        *) missing="$missing $name" ;;
        esac
    done
    if [ -z "$missing" ]; then return 0; fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "as root, please: apt-get install --no-install-recommends$missing" >&2
            return 1
        fi
        root="sudo"
    fi
    echo "Installing:$missing"
    $root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    # shellcheck disable=SC2086 # the list is to be split
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}
