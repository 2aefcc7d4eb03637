// The reference stands without this; with it, it can be searched, examples can be copied, and they name this gateway.
const writtenOrigin = 'http://127.0.0.1:8000';

/** @param {Element} root */
function nameThisGateway(root) {
  for (const code of root.querySelectorAll('.example code')) {
    code.textContent = code.textContent.replace(writtenOrigin, location.origin);
  }
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const code = button.closest('.example').querySelector('code');
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    // Without leave to write there, or over plain HTTP: selected, the text can be copied by hand.
    getSelection().selectAllChildren(code);
    said = 'Selected';
  }
  button.textContent = said;
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1_500);
}

const links = [...document.querySelectorAll('nav .link')];
const search = document.getElementById('search');
const found = document.getElementById('found');
const menu = document.getElementById('menu');

/** Shows the links that have every word of the text. */
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const link of links) {
    const text = link.textContent.toLowerCase();
    link.hidden = !words.every((word) => text.includes(word));
    if (!link.hidden) count++;
  }
  for (const service of document.querySelectorAll('nav .service')) {
    service.hidden = words.length > 0 && service.querySelector('.link:not([hidden])') === null;
  }
  found.textContent = words.length === 0 ? '' : `${count} of ${links.length}`;
}

const shownLinks = () => links.filter((link) => !link.hidden).map((link) => link.querySelector('a'));

/** Arrows walk through what was found; Enter in the box takes the first. @param {KeyboardEvent} event */
function walk(event) {
  const shown = shownLinks();
  const at = shown.indexOf(document.activeElement);
  if (event.key === 'Enter' && event.target === search) shown[0]?.click();
  else if (event.key === 'ArrowDown' && (at !== -1 || event.target === search)) shown[at + 1]?.focus();
  else if (event.key === 'ArrowUp' && at !== -1) (shown[at - 1] ?? search).focus();
  else if (event.key === 'Escape' && search.value !== '') {
    search.value = '';
    filter();
    search.focus();
  } else return;
  event.preventDefault();
}

/** @param {boolean} open */
function showMenu(open) {
  document.body.classList.toggle('menu-open', open);
  menu.setAttribute('aria-expanded', String(open));
}

document.body.classList.add('scripted');
for (const hidden of document.querySelectorAll('.search, .copy, #menu')) hidden.hidden = false;
nameThisGateway(document.body);
search.addEventListener('input', filter);
document.getElementById('contents').addEventListener('keydown', walk);
document.getElementById('contents').addEventListener('click', (event) => {
  if (event.target.closest('a') !== null) showMenu(false);
});
menu.addEventListener('click', () => showMenu(menu.getAttribute('aria-expanded') !== 'true'));
document.addEventListener('click', (event) => {
  const button = event.target.closest('.copy');
  if (button !== null) void copy(button);
});
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select') !== null;
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  showMenu(true);
  search.focus();
});
// The entry that the address names is marked in the contents.
function markCurrent() {
  const here = location.pathname + location.hash;
  for (const link of document.querySelectorAll('nav .link a')) {
    if (link.getAttribute('href') === here) link.setAttribute('aria-current', 'location');
    else link.removeAttribute('aria-current');
  }
}
addEventListener('hashchange', markCurrent);
markCurrent();
const current = document.querySelector('nav [aria-current="location"], nav .service-link[aria-current]');
const contents = document.getElementById('contents');
// Not scrollIntoView: that would move the page too.
if (current !== null) contents.scrollTop = current.offsetTop - contents.offsetTop - contents.clientHeight / 3;
filter();
