import { RoleCode } from '@tsmicro/contracts-auth';
import { type FormFaults, type Html, html, type Page, type Part } from '@tsmicro/web';
import { moment } from '../layout/moment.ts';
import { pager } from '../layout/pager.ts';
import { type Column, table } from '../layout/table.ts';
import { idOf } from '../layout/view.ts';
import type { ListedUser } from './dto.ts';

/** The address of the list. */
export const usersPath = '/console/users';

/** Which users are shown, and what was refused of late. */
export interface UsersView {
  readonly users: readonly ListedUser[];
  readonly page: number;
  readonly search: string;
  /** Who is signed in. */
  readonly ownId: string;
  readonly refused?: { readonly id: string; readonly faults: FormFaults };
}

const columns: readonly Column[] = [
  { label: 'User' },
  { label: 'Email', wide: true },
  { label: 'Since' },
  { label: 'State', wide: true },
  { label: 'Roles', wide: true },
];

const roleWord: Readonly<Record<RoleCode, string>> = {
  LEARNER: 'Learner',
  AUTHOR: 'Author',
  EDITOR: 'Editor',
  ADMIN: 'Administrator',
};

const pathOf = (id: string, what: 'roles' | 'status') => `${usersPath}/${encodeURIComponent(id)}/${what}`;

/** Where in the list the form stands: the next page shows the same part of it. */
const place = ({ page, search }: UsersView) =>
  html`<input type="hidden" name="page" value="${page}"><input type="hidden" name="search" value="${search}">`;

function roleForm(user: ListedUser, view: UsersView): Html {
  const held = new Set(user.roles.map(({ code }) => code));
  const box = (code: RoleCode) =>
    html`<label class="choice"><input type="checkbox" name="role" value="${code}"${held.has(code) && html` checked`}> ${roleWord[code]}</label>`;
  return html`<form method="post" action="${pathOf(user.id, 'roles')}" class="roles"><fieldset><legend class="visually-hidden">Roles of ${user.name}</legend>${Object.values(RoleCode).map(box)}</fieldset>${place(view)}<button type="submit" class="quiet">Save<span class="visually-hidden"> the roles of ${user.name}</span></button></form>`;
}

function statusForm(user: ListedUser, view: UsersView): Html {
  const state = user.active
    ? html`<span class="state state-on">active</span>`
    : html`<span class="state state-off">not active</span>`;
  const verb = user.active ? 'Deactivate' : 'Activate';
  return html`<form method="post" action="${pathOf(user.id, 'status')}" class="status-form">${state}<input type="hidden" name="active" value="${user.active ? 'no' : 'yes'}">${place(view)}<button type="submit" class="quiet">${verb}<span class="visually-hidden"> ${user.name}</span></button></form>`;
}

function refusal({ refused }: UsersView, user: ListedUser): Part {
  if (refused?.id !== user.id) return undefined;
  const { faults } = refused;
  const said = faults.general ?? faults.of('roles') ?? faults.of('active');
  return html`<p class="fault" role="alert">${said ?? 'That was refused.'}</p>`;
}

function rowOf(user: ListedUser, view: UsersView) {
  return {
    id: idOf('user', user.id),
    cells: [
      html`${user.name}${user.id === view.ownId && html` <span class="kind">you</span>`}${refusal(view, user)}`,
      user.email,
      moment(user.createdAt),
      statusForm(user, view),
      roleForm(user, view),
    ],
  };
}

/** Users, active or not, newest first. */
export function usersPage(view: UsersView): Page {
  const { users, page, search, refused } = view;
  const empty = search === '' ? 'There are no more users.' : 'Nobody’s name or email has these words.';
  return {
    title: 'Users',
    status: refused?.faults.status ?? 200,
    main: html`<h1>Users</h1>
<p class="lead">Roles count from a person’s next request on. Who is not active cannot sign in, and is signed out everywhere.</p>
<search><form method="get" action="${usersPath}" class="find"><label for="search">Name or email</label><input type="search" id="search" name="search" value="${search}" maxlength="200"><button type="submit" class="quiet">Search</button>${search !== '' && html`<a href="${usersPath}">All users</a>`}</form></search>
${table({ caption: 'Users', columns, rows: users.map((user) => rowOf(user, view)), empty })}
${pager({ path: usersPath, page, length: users.length, query: { search } })}`,
  };
}
