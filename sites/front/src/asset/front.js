// Every page works without this; with it, replies come without a new page, and nothing is sent twice.

/** Takes the part of another page that has the id of a part of this one. @param {HTMLAnchorElement} link */
async function replacePart(link) {
  const id = link.dataset.replaces;
  const part = document.getElementById(id);
  part.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(link.href, { headers: { accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = response.ok ? page.getElementById(id) : null;
    if (fresh === null) throw new Error(`no #${id} at ${link.href}`);
    part.replaceWith(fresh);
    fresh.tabIndex = -1;
    fresh.focus({ preventScroll: true });
    rememberPlace(link.href);
  } catch {
    // The page behind the link says what is wrong.
    location.assign(link.href);
  }
}

/** What is shown now is what forms come back to, and what is shown when the page is loaded again. @param {string} href */
function rememberPlace(href) {
  const { pathname, search } = new URL(href);
  history.replaceState(null, '', pathname + search);
  for (const field of document.querySelectorAll('input[name="from"]')) field.value = pathname + search;
  for (const link of document.querySelectorAll('a[data-replaces]')) {
    link.href = withReplies(new URL(href), link);
  }
}

/**
 * Links of other parts were written before this part changed: they take over which replies are shown now.
 * @param {URL} here @param {HTMLAnchorElement} link
 */
function withReplies(here, link) {
  const comment = link.dataset.replaces.replace('replies-', '');
  const isOwn = (value) => value.startsWith(comment);
  const target = new URL(link.href);
  const own = target.searchParams.getAll('replies').filter(isOwn);
  const others = here.searchParams.getAll('replies').filter((value) => !isOwn(value));
  target.searchParams.delete('replies');
  for (const value of [...others, ...own]) target.searchParams.append('replies', value);
  return target.href;
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-replaces]');
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain) return;
  event.preventDefault();
  void replacePart(link);
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'true';
});

// A page that the browser kept is shown as it was left: its forms can be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

document.addEventListener('keydown', (event) => {
  const menu = document.querySelector('details.menu[open]');
  if (event.key === 'Escape' && menu !== null) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
  if (
    event.key === 'Enter' &&
    (event.ctrlKey || event.metaKey) &&
    event.target.matches('.comment-form textarea')
  ) {
    event.target.form.requestSubmit();
  }
});

document.addEventListener('pointerdown', (event) => {
  const menu = document.querySelector('details.menu[open]');
  if (menu !== null && !menu.contains(event.target)) menu.open = false;
});

/** What stands behind a picture is seen where the picture cannot be had. @param {HTMLImageElement} image */
function leaveOutWhenBroken(image) {
  const leaveOut = () => {
    image.hidden = true;
  };
  if (image.complete && image.naturalWidth === 0) leaveOut();
  else image.addEventListener('error', leaveOut);
}

for (const image of document.querySelectorAll('.picture img, .portrait img')) leaveOutWhenBroken(image);
