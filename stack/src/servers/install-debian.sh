#!/bin/sh
# Installs Debian packages of servers so that only their programs are there afterwards: no daemon is started now
# or at the next boot, and no PostgreSQL cluster is made. Usage: install-debian.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

policy=/usr/sbin/policy-rc.d
kept=$policy.before-tsmicro
cluster=/etc/postgresql-common/createcluster.d/tsmicro.conf

# Two runs at once would take each other's policy away.
exec 9>/tmp/tsmicro-install.lock
flock -w 600 9

# Also after a failure: what was unpacked so far must not start at the next boot.
disable() {
  if command -v systemctl >/dev/null; then systemctl disable "$1"; fi
  if command -v update-rc.d >/dev/null; then update-rc.d "$1" disable; fi
}

restore() {
  for package in $new; do disable "$package" >/dev/null 2>&1 || true; done
  rm -f "$policy" "$cluster"
  if [ -e "$kept" ]; then mv "$kept" "$policy"; fi
}

installed() {
  dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

update() {
  # apt-get waits for dpkg's lock but not for the one on the lists.
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if apt-get update -qq; then return 0; fi
    sleep 3
  done
  return 1
}

install() {
  # Status lines need a descriptor of their own: apt closes it for the maintainer scripts.
  apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    -o APT::Status-Fd=3 "$@" 3>&1
}

new=
for package in "$@"; do
  if ! installed "$package"; then new="$new $package"; fi
done

# Debian's maintainer scripts ask this program before they start a daemon; 101 forbids it.
if [ -e "$policy" ] && [ ! -e "$kept" ]; then mv "$policy" "$kept"; fi
trap restore EXIT
trap 'exit 143' TERM INT HUP
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"
mkdir -p "$(dirname "$cluster")"
echo 'create_main_cluster = false' >"$cluster"

if ! apt-cache show "$@" >/dev/null 2>&1; then update; fi
# A list that is older than the archive names files that are gone.
install "$@" || { update && install "$@"; }
