/** The API key that gomicro's set-up script makes. */
export const gomicroSeedKey = '1D3F2DD1A5DE725DD4DF1D82BBB37';

/** The tables of gomicro's auth service as its own set-up script makes them, with three API keys and the four roles. */
export const gomicroTables = `
  create table api_keys (id uuid primary key default gen_random_uuid(), key text not null unique, permissions text[],
    comments text[], version integer, status boolean default true, created_at timestamp default current_timestamp,
    updated_at timestamp default current_timestamp);
  create index api_keys_key_status_idx on api_keys (key, status);
  create table roles (id uuid primary key default gen_random_uuid(), code text not null unique,
    status boolean default true, created_at timestamp default current_timestamp,
    updated_at timestamp default current_timestamp);
  create table users (id uuid primary key default gen_random_uuid(), name text not null, email text not null unique,
    password text not null, profile_pic_url text, verified boolean default false, status boolean default true,
    created_at timestamp default current_timestamp, updated_at timestamp default current_timestamp);
  create table user_roles (user_id uuid references users(id) on delete cascade,
    role_id uuid references roles(id) on delete cascade, primary key (user_id, role_id));
  create table keystore (id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users(id) on delete cascade, p_key text not null, s_key text not null,
    status boolean default true, created_at timestamp default current_timestamp,
    updated_at timestamp default current_timestamp);
  insert into api_keys (key, permissions, version) values
    ('${gomicroSeedKey}', array['GENERAL'], 1),
    ('${'0123456789abcdef'.repeat(4)}', array['GENERAL'], 1),
    ('schlüssel', array['GENERAL'], 1);
  insert into roles (code) values ('LEARNER'), ('AUTHOR'), ('EDITOR'), ('ADMIN');
`;
