#!/bin/sh
# Makes the secrets that compose.yml and kubernetes/ name, at random, into deploy/secrets or the folder given as argument.
# What is there already stays: to change one secret remove its file and all that are made of it, and run this again.
#
# The folder is for its owner alone. The files in it can be read by whoever is let into the folder: a container gets single
# files, and its user is not the owner.
set -eu
umask 077
dir=${1:-$(dirname "$0")/secrets}
mkdir -p "$dir"
chmod 700 "$dir"
cd "$dir"

# Writes standard input to a file, all of it or nothing.
keep() {
  cat > ".$1.new"
  [ -s ".$1.new" ]
  chmod 444 ".$1.new"
  mv ".$1.new" "$1"
}

password() {
  [ -s "$1" ] || openssl rand -hex 24 | tr -d '\n' | keep "$1"
}

sha256() {
  openssl dgst -sha256 -r < "$1" | cut -d ' ' -f 1
}

for name in postgres-password auth-postgres-password mongo-root-password blog-mongo-password \
  auth-redis-password blog-redis-password site-redis-password \
  auth-nats-password blog-nats-password front-nats-password console-nats-password gateway-nats-password \
  setup-nats-password operator-nats-password route-nats-password \
  front-api-key console-api-key; do
  password "$name"
done

# Auth is told the hashes of the API keys that the sites were given.
[ -s api-key-grants ] || printf 'FRONT:%s,CONSOLE:%s' "$(sha256 front-api-key)" "$(sha256 console-api-key)" \
  | keep api-key-grants

# Redis is told the hashes of passwords.
for name in auth blog site; do
  [ -s $name-redis.acl ] || keep $name-redis.acl <<EOF
user default on #$(sha256 $name-redis-password) ~* &* +@all -@dangerous +info
EOF
done

for name in auth blog front console gateway setup; do
  [ -s "$name-nats-url" ] || printf 'nats://%s:%s@nats:4222' "$name" "$(cat "$name-nats-password")" | keep "$name-nats-url"
done

# What nats.conf and nats-cluster.conf include.
grep -qs CONSOLE_NATS_PASSWORD nats-passwords.conf || for name in auth blog front console gateway setup operator; do
  printf '%s_NATS_PASSWORD: "%s"\n' "$(echo $name | tr '[:lower:]' '[:upper:]')" "$(cat $name-nats-password)"
done | keep nats-passwords.conf
[ -s nats-routes.conf ] || keep nats-routes.conf <<EOF
ROUTE_NATS_PASSWORD: "$(cat route-nats-password)"
NATS_ROUTES: [$(for n in 0 1 2; do printf '"nats-route://route:%s@nats-%s.nats:6222", ' "$(cat route-nats-password)" $n; done)]
EOF

# The key pair that signs tokens: 3072 bits, PKCS #8 and SPKI.
if ! [ -s rsa-private.pem ]; then
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 2>/dev/null | keep rsa-private.pem
  rm -f rsa-public.pem
fi
[ -s rsa-public.pem ] || openssl pkey -in rsa-private.pem -pubout | keep rsa-public.pem

# Where `npm run keys:rotate` puts those that take over from it; a container gets the folder.
mkdir -p rotated-keys
chmod 755 rotated-keys
