import { Type } from '@tsmicro/schema';
import { type Answer, attempt, redirect, type Site, type Visit } from '@tsmicro/web';
import { pageOf, pageSize } from '../layout/pager.ts';
import { linkTo } from '../layout/view.ts';
import type { Access } from '../session/access.ts';
import { ChangedUser, ListedUser } from './dto.ts';
import { type UsersView, usersPage, usersPath } from './page.ts';

const apiPath = (id: string, what: string) => `/auth/admin/users/id/${encodeURIComponent(id)}/${what}`;
const labels = { roles: 'Roles', active: 'State' };

async function list(
  visit: Visit,
  ownId: string,
  asked: URLSearchParams,
  refused?: UsersView['refused'],
): Promise<Answer> {
  const page = pageOf(asked);
  const search = asked.get('search') ?? '';
  const query = { page, limit: pageSize, search: search === '' ? undefined : search };
  const users = await visit.api.get('/auth/admin/users', Type.Array(ListedUser), query);
  return usersPage({ users, page, search, ownId, ...(refused === undefined ? {} : { refused }) });
}

/** Does what a form beside a user asks, then shows the same part of the list. */
async function change(
  visit: Visit,
  ownId: string,
  what: 'roles' | 'status',
  body: object,
  done: (name: string) => string,
): Promise<Answer> {
  const { id = '' } = visit.params;
  const asked = new URLSearchParams({ page: visit.form.text('page'), search: visit.form.text('search') });
  const changed = await attempt(() => visit.api.put(apiPath(id, what), body, ChangedUser), labels);
  if ('faults' in changed) return list(visit, ownId, asked, { id, faults: changed.faults });
  const back = linkTo(usersPath, Object.fromEntries(asked));
  return redirect(back, done(changed.value.data.name));
}

/** Looks after users, on behalf of an administrator. */
export function mountUsers(site: Site, access: Access): void {
  site.get(usersPath, (visit) => {
    const { id } = access.requireAdmin(visit);
    return list(visit, id, visit.query);
  });

  site.post(`${usersPath}/:id/roles`, (visit) => {
    const { id } = access.requireAdmin(visit);
    const body = { roles: visit.form.texts('role') };
    return change(visit, id, 'roles', body, (name) => `The roles of ${name} are saved.`);
  });

  site.post(`${usersPath}/:id/status`, (visit) => {
    const { id } = access.requireAdmin(visit);
    const active = visit.form.text('active') === 'yes';
    return change(visit, id, 'status', { active }, (name) =>
      active ? `${name} may sign in again.` : `${name} is signed out everywhere and may not sign in.`,
    );
  });
}
