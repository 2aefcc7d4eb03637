-- Gives all roles to the account with this email, which has signed up before; "INSERT 0 0" says that there is none.
--
--   docker compose -f deploy/compose.yml exec -T postgres psql --username postgres --set email=ann@example.com auth \
--     < deploy/make-admin.sql
insert into user_roles (user_id, role_id)
select users.id, roles.id
from users cross join roles
where lower(users.email) = lower(:'email') and users.status
on conflict do nothing;
