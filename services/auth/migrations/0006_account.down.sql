-- The extension pg_trgm stays: others may use it by now.

drop index if exists users_search_idx;
drop index users_created_at_idx;
alter table users alter column created_at drop not null;
