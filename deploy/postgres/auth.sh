#!/bin/sh
# Run once, by the image of PostgreSQL, when the volume is empty: auth's own role and its database.
set -eu
psql --username "$POSTGRES_USER" --no-password --set ON_ERROR_STOP=1 <<'SQL'
\set password `cat "$AUTH_PASSWORD_FILE"`
create role auth login password :'password';
create database auth owner auth;
revoke connect on database auth from public;
SQL
