-- The tables as gomicro's auth service has them. "if not exists", so that a database of gomicro is taken over as it is.

create table if not exists users (
  id uuid primary key default gen_random_uuid(),
  email text not null unique,
  password text,
  name text not null,
  profile_pic_url text,
  verified boolean default false,
  status boolean default true,
  created_at timestamp default current_timestamp,
  updated_at timestamp default current_timestamp
);

create table if not exists roles (
  id uuid primary key default gen_random_uuid(),
  code text not null unique,
  status boolean default true,
  created_at timestamp default current_timestamp,
  updated_at timestamp default current_timestamp
);

create table if not exists user_roles (
  user_id uuid not null references users (id) on delete cascade,
  role_id uuid not null references roles (id) on delete cascade,
  primary key (user_id, role_id)
);

create table if not exists api_keys (
  id uuid primary key default gen_random_uuid(),
  key text not null unique,
  permissions text[],
  comments text[],
  version integer,
  status boolean default true,
  created_at timestamp default current_timestamp,
  updated_at timestamp default current_timestamp
);

-- One row is one session: p_key is the id (jti) of its access token, s_key that of its refresh token.
create table if not exists keystore (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id) on delete cascade,
  p_key text not null,
  s_key text not null,
  status boolean default true,
  created_at timestamp default current_timestamp,
  updated_at timestamp default current_timestamp
);
