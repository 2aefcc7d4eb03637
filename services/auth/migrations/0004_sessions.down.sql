drop table used_keys;

alter table keystore
  drop column user_agent,
  drop column last_used_at,
  alter column created_at drop not null;
