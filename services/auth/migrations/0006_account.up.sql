-- Administrators list users, newest first. Rows of gomicro may lack the time at which they were made.

update users set created_at = coalesce(updated_at, now()) where created_at is null;
alter table users alter column created_at set not null;

create index users_created_at_idx on users (created_at desc, id desc);

-- They search them by any part of name or email. Without pg_trgm, which is a part of PostgreSQL but not everywhere
-- installed or allowed, a search finds the same and reads the whole table for it.

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_trgm') then
    create extension if not exists pg_trgm;
    create index users_search_idx on users using gin ((name || ' ' || email) gin_trgm_ops);
  end if;
exception
  when insufficient_privilege or undefined_object then
    raise notice 'no index for the search of users: %', sqlerrm;
end
$$;
