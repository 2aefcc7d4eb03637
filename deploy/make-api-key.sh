#!/bin/sh
# Makes an API key: the key goes to standard error, to be kept by whoever will use it; the SQL that makes it known goes to
# standard output, for the database of auth. Only the SHA-256 of the key is in it.
#
#   deploy/make-api-key.sh "the web site" | docker compose -f deploy/compose.yml exec -T postgres psql --username postgres auth
set -eu
comment=${1:?what the key is for, in a few words}
key=$(openssl rand -hex 32)
hash=$(printf %s "$key" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
quoted=$(printf %s "$comment" | sed "s/'/''/g")
echo "$key" >&2
cat <<SQL
insert into api_keys (key, prefix, permissions, comments, version)
values ('$hash', '$(printf %.8s "$key")', array['GENERAL'], array['$quoted'], 1);
SQL
