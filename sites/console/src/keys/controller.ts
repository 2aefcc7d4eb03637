import { Type } from '@tsmicro/schema';
import { type Api, attempt, redirect, type Site } from '@tsmicro/web';
import { age } from '../layout/figure.ts';
import { pageOf, pageSize } from '../layout/pager.ts';
import type { Access } from '../session/access.ts';
import { ApiKey, NewApiKey } from './dto.ts';
import { readMakeForm, toCreateApiKey } from './form.ts';
import { keyPage, rotateLabels } from './key-page.ts';
import { makeKeyPage, makeLabels, newKeyPage } from './new-key-page.ts';
import { keyPath, keysPage, keysPath } from './page.ts';

const apiPath = (id: string) => `/auth/apikeys/id/${encodeURIComponent(id)}`;
const findKey = (api: Api, id: string) => api.get(apiPath(id), ApiKey);

/** Looks after the API keys, on behalf of an administrator. */
export function mountKeys(site: Site, access: Access): void {
  site.get(keysPath, async (visit) => {
    access.requireAdmin(visit);
    const page = pageOf(visit.query);
    return keysPage(
      await visit.api.get('/auth/apikeys', Type.Array(ApiKey), { page, limit: pageSize }),
      page,
    );
  });

  site.get(`${keysPath}/new`, (visit) => {
    access.requireAdmin(visit);
    return makeKeyPage({ permissions: 'GENERAL', comments: '', expiresAt: '' });
  });

  site.post(`${keysPath}/new`, async (visit) => {
    access.requireAdmin(visit);
    const filled = readMakeForm(visit.form);
    const asked = toCreateApiKey(filled);
    const made = await attempt(() => visit.api.post('/auth/apikeys', asked, NewApiKey), makeLabels);
    return 'faults' in made ? makeKeyPage(filled, made.faults) : newKeyPage(made.value.data, 'made');
  });

  site.get(`${keysPath}/:id`, async (visit) => {
    access.requireAdmin(visit);
    return keyPage(await findKey(visit.api, visit.params.id ?? ''));
  });

  site.post(`${keysPath}/:id/rotate`, async (visit) => {
    access.requireAdmin(visit);
    const { id = '' } = visit.params;
    const grace = visit.form.text('graceSec').trim();
    const graceSec = /^\d+$/.test(grace) ? Number(grace) : grace;
    const rotate = () => visit.api.post(`${apiPath(id)}/rotate`, { graceSec }, NewApiKey);
    const made = await attempt(rotate, rotateLabels);
    if ('faults' in made) return keyPage(await findKey(visit.api, id), grace, made.faults);
    const end = graceSec === 0 ? 'is over' : `lives on for ${age(Number(graceSec) * 1_000)}`;
    return newKeyPage(made.value.data, 'rotated', end);
  });

  site.post(`${keysPath}/:id/revoke`, async (visit) => {
    access.requireAdmin(visit);
    const { id = '' } = visit.params;
    if (visit.form.text('sure') !== 'yes') {
      return redirect(keyPath(id), 'The key is still in force: tick the box to revoke it.');
    }
    await visit.api.delete(apiPath(id));
    return redirect(keysPath, 'The key is revoked: whoever calls with it is refused.');
  });
}
