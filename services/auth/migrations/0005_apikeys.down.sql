-- Keys that were replaced end here, with what is left of their grace.

drop table retired_api_keys;

drop index api_keys_created_at_idx;

alter table api_keys
  drop column last_used_at,
  alter column created_at drop not null,
  alter column status drop not null,
  alter column version drop not null,
  alter column comments drop not null,
  alter column permissions drop not null;
