create table rare_stones (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);

-- The order of lists.
create index rare_stones_newest on rare_stones (created_at desc, id desc);
