// Comfort for the editor of articles: counts, a preview while one types, a warning before typed text is left, and a copy of
// it that the tab keeps. Without this script every button does its work all the same.

/** @typedef {{ title: string, description: string, slug: string, imgUrl: string, tags: string, draftText: string }} Draft */

const previewDelayMs = 400;
const copyDelayMs = 300;
const copyPrefix = 'tsmicro-draft:';

/** As `writing/slug.ts` suggests it. */
function suggestSlug(/** @type {string} */ title) {
  const words = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  const slug = Array.from(words.join('-')).slice(0, 80).join('').replace(/-$/, '');
  return Array.from(slug).length < 3 ? `article-${slug}`.replace(/-$/, '') : slug;
}

/** Calls `work` when nothing was asked for so long. */
function later(/** @type {() => void} */ work, /** @type {number} */ delayMs) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, delayMs);
  };
}

/** @returns {Draft} */
function draftOf(/** @type {HTMLFormElement} */ form) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? '').replaceAll('\r\n', '\n');
  return {
    title: text('title'),
    description: text('description'),
    slug: text('slug'),
    imgUrl: text('imgUrl'),
    tags: text('tags'),
    draftText: text('draftText'),
  };
}

/** Whether two drafts are one text, whatever a server made of the fields around it. */
const sameText = (/** @type {Draft} */ a, /** @type {Draft} */ b) =>
  a.draftText === b.draftText &&
  a.title.trim() === b.title.trim() &&
  a.description.trim() === b.description.trim();

/** Shows below a field how much of what it takes is used. */
function count(/** @type {HTMLInputElement | HTMLTextAreaElement} */ field, /** @type {number} */ limit) {
  const shown = document.createElement('span');
  shown.className = 'count';
  field.insertAdjacentElement('afterend', shown);
  const show = () => {
    const used = Array.from(field.value).length;
    shown.textContent = `${used.toLocaleString('en')} of ${limit.toLocaleString('en')} characters`;
    shown.classList.toggle('over', used > limit);
  };
  field.addEventListener('input', show);
  show();
}

/** Keeps the text in this tab until it is saved: what a sign-in, a fault or a slip of the hand takes comes back. */
class Copy {
  #key;
  #owner;

  constructor(/** @type {string} */ owner, /** @type {string} */ path) {
    this.#owner = `${copyPrefix}${owner}:`;
    this.#key = this.#owner + path;
  }

  /** @returns {Draft | undefined} */
  read(key = this.#key) {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  write(/** @type {Draft} */ draft) {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(draft));
    } catch {
      // A full or forbidden storage costs the copy, nothing else.
    }
  }

  forget() {
    sessionStorage.removeItem(this.#key);
  }

  /** Forgets every copy of what is stored now; a new article was copied under another path than it has since. */
  forgetStored(/** @type {Draft} */ stored) {
    for (const key of Object.keys(sessionStorage)) {
      const copy = key.startsWith(this.#owner) ? this.read(key) : undefined;
      if (copy !== undefined && sameText(copy, stored)) sessionStorage.removeItem(key);
    }
  }
}

/** Offers the copy of a text that was left without being saved. */
function offer(/** @type {HTMLFormElement} */ form, /** @type {Copy} */ copy, /** @type {Draft} */ draft) {
  const place = form.querySelector('[data-kept]');
  if (place === null) return;
  const button = (/** @type {string} */ words, /** @type {() => void} */ work) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = words;
    made.addEventListener('click', () => {
      work();
      place.replaceChildren();
    });
    return made;
  };
  const restore = button('Put it back', () => {
    for (const [name, value] of Object.entries(draft)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
    }
    form.dispatchEvent(new Event('input', { bubbles: true }));
    for (const field of form.querySelectorAll('input, textarea')) field.dispatchEvent(new Event('input'));
  });
  const forget = button('Forget it', () => copy.forget());
  forget.className = 'quiet';
  place.replaceChildren('This tab has a text of yours that was not saved. ', restore, ' ', forget);
}

/** Shows the text as readers would see it, a moment after one stops typing. */
function preview(/** @type {HTMLFormElement} */ form) {
  const section = document.querySelector('[data-preview]');
  const place = document.querySelector('[data-preview-text]');
  if (!(section instanceof HTMLElement) || place === null) return;
  let asking = new AbortController();
  let shown = '';
  const show = async () => {
    const { draftText } = draftOf(form);
    if (draftText === shown) return;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const body = new URLSearchParams({ draftText });
      const response = await fetch('/write/preview', { method: 'POST', body, signal, redirect: 'error' });
      if (!response.ok) throw new Error(`${response.status}`);
      // The server sanitises it, as for readers.
      place.innerHTML = await response.text();
      shown = draftText;
      section.classList.remove('stale');
    } catch {
      if (!signal.aborted) section.classList.add('stale');
    }
  };
  section.hidden = false;
  section.parentElement?.classList.add('side-by-side');
  form.addEventListener('input', later(show, previewDelayMs));
  const button = form.querySelector('button[value="preview"]');
  button?.addEventListener('click', (event) => {
    event.preventDefault();
    void show();
    section.scrollIntoView({ behavior: 'smooth' });
  });
  void show();
}

function edit(/** @type {HTMLFormElement} */ form) {
  const field = (/** @type {string} */ name) => {
    const found = form.elements.namedItem(name);
    return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : undefined;
  };
  for (const [name, limit] of Object.entries(JSON.parse(form.dataset.limits ?? '{}'))) {
    const counted = field(name);
    if (counted !== undefined) count(counted, limit);
  }
  const [title, slug, tags] = [field('title'), field('slug'), field('tags')];
  const suggest = () => {
    if (slug !== undefined && title !== undefined) slug.placeholder = suggestSlug(title.value.trim());
  };
  title?.addEventListener('input', suggest);
  suggest();
  tags?.addEventListener('change', () => {
    tags.value = tags.value.toUpperCase();
  });
  const stored = draftOf(form);
  const copy = new Copy(form.dataset.editor ?? '', location.pathname);
  const unsaved = 'unsaved' in form.dataset;
  if (!unsaved) copy.forgetStored(stored);
  const left = copy.read();
  if (left !== undefined && !unsaved) offer(form, copy, left);
  let sending = false;
  const dirty = () => unsaved || JSON.stringify(draftOf(form)) !== JSON.stringify(stored);
  const keep = () => {
    if (dirty()) copy.write(draftOf(form));
  };
  form.addEventListener('input', later(keep, copyDelayMs));
  form.addEventListener('submit', () => {
    keep();
    sending = true;
  });
  addEventListener('pageshow', () => {
    sending = false;
  });
  addEventListener('beforeunload', (event) => {
    if (!sending && dirty()) event.preventDefault();
  });
  preview(form);
}

for (const form of document.querySelectorAll('form[data-editor]')) {
  if (form instanceof HTMLFormElement) edit(form);
}
