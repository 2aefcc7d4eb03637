-- What the owner of a session sees of it. Rows of gomicro may lack the time at which they were made.

update keystore set created_at = coalesce(updated_at, now()) where created_at is null;

alter table keystore
  alter column created_at set not null,
  add column last_used_at timestamptz,
  add column user_agent text;

-- A refresh gives a session new keys and leaves its row: all that descends from one sign-in is one row. What its keys were
-- before is kept until the refresh token that carried them has expired: one that comes back has been stolen, or its
-- owner's has been.

create table used_keys (
  s_key text primary key,
  p_key text not null,
  session_id uuid not null references keystore (id) on delete cascade,
  used_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index used_keys_p_key_idx on used_keys (p_key);
create index used_keys_session_id_idx on used_keys (session_id, expires_at);
