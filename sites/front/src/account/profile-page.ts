import { type FormFaults, faultSummary, field, type Html, html, type Page, type Person } from '@tsmicro/web';
import { portrait } from '../layout/byline.ts';
import { accountNav } from './account-nav.ts';
import { accountLabels } from './sign-in-page.ts';

/** What the forms of the page show beside what is stored. */
export interface ProfileView {
  readonly profile?: { readonly name: string; readonly profilePicUrl: string };
  readonly profileFaults?: FormFaults;
  readonly passwordFaults?: FormFaults;
  readonly status?: number;
}

/** What the fields of a change of password are called. */
export const passwordLabels = { currentPassword: 'Current password', newPassword: 'New password' } as const;

const duties: Readonly<Record<string, string>> = {
  LEARNER: 'reads and comments',
  AUTHOR: 'writes articles',
  EDITOR: 'publishes articles, and keeps comments and tags in order',
  ADMIN: 'manages users and API keys',
};

const roleList = ({ roles }: Person) =>
  html`<ul class="roles">${roles.map((role) => html`<li><span class="badge">${role}</span> ${duties[role]}</li>`)}</ul>`;

function profileForm(person: Person, { profile, profileFaults }: ProfileView): Html {
  const { name, profilePicUrl } = profile ?? { name: person.name, profilePicUrl: person.profilePicUrl ?? '' };
  return html`<section aria-labelledby="profile-heading">
<h2 id="profile-heading">What others see</h2>
${profileFaults !== undefined && faultSummary(profileFaults)}
<form method="post" action="/account/profile">
${field({ name: 'name', label: accountLabels.name, value: name, fault: profileFaults?.of('name'), required: true, maxLength: 200, autocomplete: 'name' })}
${field({ name: 'profilePicUrl', label: accountLabels.profilePicUrl, type: 'url', value: profilePicUrl, fault: profileFaults?.of('profilePicUrl'), hint: 'A web address, as in https://example.com/me.jpg. Left empty, there is none.', maxLength: 2_048, autocomplete: 'photo' })}
<div class="actions"><button name="picture" value="keep">Save</button>
${person.profilePicUrl !== undefined && html`<button class="quiet" name="picture" value="remove" formnovalidate>Remove the picture</button>`}</div>
</form>
</section>`;
}

const passwordForm = ({
  passwordFaults,
}: ProfileView): Html => html`<section aria-labelledby="password-heading">
<h2 id="password-heading">Password</h2>
<p>A new password ends every other session of yours; this one goes on.</p>
${passwordFaults !== undefined && faultSummary(passwordFaults)}
<form method="post" action="/account/password">
${field({ name: 'currentPassword', label: passwordLabels.currentPassword, type: 'password', fault: passwordFaults?.of('currentPassword'), required: true, autocomplete: 'current-password' })}
${field({ name: 'newPassword', label: passwordLabels.newPassword, type: 'password', fault: passwordFaults?.of('newPassword'), required: true, autocomplete: 'new-password' })}
<div class="actions"><button>Change the password</button></div>
</form>
</section>`;

/** One's own account: what others see, how one signs in, how one leaves. */
export function profilePage(person: Person, view: ProfileView = {}): Page {
  const { name, email, profilePicUrl } = person;
  const main = html`<h1>Your account</h1>
${accountNav('profile')}
<div class="identity">${portrait({ name, profilePicUrl }, 96)}
<div><p class="name">${name}</p><p class="muted">${email}</p>${roleList(person)}</div></div>
<div class="account-parts">${profileForm(person, view)}
${passwordForm(view)}
<section aria-labelledby="leave-heading">
<h2 id="leave-heading">Leave</h2>
<p>Deactivating your account signs you out everywhere. What you wrote stays.</p>
<p><a href="/account/deactivate">Deactivate the account…</a></p>
</section></div>`;
  return { title: 'Your account', main, status: view.status ?? 200 };
}
