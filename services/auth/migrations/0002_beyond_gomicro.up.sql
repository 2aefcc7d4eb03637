-- Roles: gomicro's set-up script made them, here they belong to the schema.

insert into roles (code)
values ('LEARNER'), ('AUTHOR'), ('EDITOR'), ('ADMIN')
on conflict (code) do nothing;

-- Emails: compared without case. Which of two accounts goes on cannot be decided here.

do $$
declare
  alike text;
begin
  select string_agg(ids, '; ')
  into alike
  from (
    select string_agg(id::text, ' and ' order by created_at) as ids
    from users
    group by lower(email)
    having count(*) > 1
    limit 5
  ) as accounts;
  if alike is not null then
    raise exception 'emails of these users differ in letter case only: %. Change or remove all but one, then start again', alike;
  end if;
end
$$;

update users set email = lower(email) where email <> lower(email);

create unique index users_email_lower_idx on users (lower(email));

-- API keys: only their SHA-256 is kept, and a prefix by which people tell them apart (a quarter of the key at most, so
-- that it gives nothing away). Keys in the form sha256:<prefix>:<hash> have been hashed before the way down was taken.

alter table api_keys
  add column prefix text,
  add column expires_at timestamptz;

update api_keys
set prefix = substr(key, 8, length(key) - 72), key = right(key, 64)
where key ~ '^sha256:.*:[0-9a-f]{64}$';

update api_keys
set
  prefix = left(key, least(8, length(key) / 4)),
  key = encode(sha256(convert_to(key, 'UTF8')), 'hex')
where prefix is null;

alter table api_keys alter column prefix set not null;

-- Sessions: found by the id of the access token, ended by user, swept when both tokens have expired. Those of gomicro
-- do not say when that is (null).

alter table keystore add column expires_at timestamptz;

create index keystore_p_key_idx on keystore (p_key);
create index keystore_user_id_idx on keystore (user_id);
