-- API keys are made, listed and replaced by administrators. Rows of gomicro may lack what the list shows.

update api_keys
set
  permissions = coalesce(permissions, '{}'),
  comments = coalesce(comments, '{}'),
  version = coalesce(version, 1),
  status = coalesce(status, false),
  created_at = coalesce(created_at, updated_at, now())
where permissions is null or comments is null or version is null or status is null or created_at is null;

alter table api_keys
  alter column permissions set not null,
  alter column comments set not null,
  alter column version set not null,
  alter column status set not null,
  alter column created_at set not null,
  add column last_used_at timestamptz;

create index api_keys_created_at_idx on api_keys (created_at desc, id desc);

-- Keys that were replaced, each by its SHA-256, until their grace is over.

create table retired_api_keys (
  key text primary key,
  prefix text not null,
  api_key_id uuid not null references api_keys (id) on delete cascade,
  expires_at timestamptz not null
);

create index retired_api_keys_api_key_id_idx on retired_api_keys (api_key_id);
