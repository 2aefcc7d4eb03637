// Every page stands without this; with it, a page moves as the system does, and a key can be copied.

/** Longer without a word, and the stream is as good as cut. */
const silenceMs = 8_000;
/** So long may the browser take to open a stream anew, as after each minute, before that is worth a word. */
const graceMs = 2_000;
const retryMs = 2_000;

/** The time of day in UTC, as the pages write it. */
const clock = () => new Date().toISOString().slice(11, 19);

const isDetails = (node) => node instanceof HTMLDetailsElement;

/**
 * Puts new HTML in the place of the old; what a person has open, focused or scrolled stays as it is. What is open stays
 * even when it has left the list: somebody reads it.
 */
function morph(view, content) {
  globalThis.Idiomorph.morph(view, content, {
    morphStyle: 'innerHTML',
    ignoreActiveValue: true,
    callbacks: {
      beforeAttributeUpdated: (name, node) => !(name === 'open' && isDetails(node)),
      beforeNodeRemoved: (node) => !(isDetails(node) && node.open),
    },
  });
}

/** A page that its viewer may not see any more gives way to the sign-in. */
async function leaveIfSignedOut() {
  try {
    const { type } = await fetch(location.href, { method: 'HEAD', redirect: 'manual' });
    if (type === 'opaqueredirect') location.reload();
  } catch {
    // Away: what is said of the connection holds.
  }
}

/** Keeps a view as the system is: one stream, opened anew when it is cut, closed while nobody looks. */
class LiveView {
  #view = document.getElementById('view');
  #words = document.getElementById('live-words');
  #asOf = document.getElementById('as-of');
  #lost = document.getElementById('lost');
  #button = document.getElementById('pause');
  #address;
  /** @type {EventSource | undefined} */
  #source;
  #paused = false;
  #heard = false;
  #lastHeard = clock();
  /** Since when nothing is heard, as a time of day. @type {string | undefined} */
  #lostSince;
  /** What came while text was being selected. @type {string | undefined} */
  #held;
  #stumbled = false;
  #retry;
  #silence;

  constructor(live) {
    this.#address = live.dataset.stream;
    this.#button.hidden = false;
    this.#button.addEventListener('click', () => this.#pause(!this.#paused));
    document.addEventListener('visibilitychange', () => this.#follow());
    document.addEventListener('selectionchange', () => this.#showHeld());
    // A page that comes back out of the browser's memory has lost its stream.
    addEventListener('pageshow', (event) => event.persisted && this.#follow());
    addEventListener('pagehide', () => this.#close());
    this.#follow();
  }

  /** @param {boolean} paused */
  #pause(paused) {
    this.#paused = paused;
    this.#button.textContent = paused ? 'Go on' : 'Pause';
    this.#follow();
  }

  #follow() {
    this.#close();
    if (!this.#paused && document.visibilityState === 'visible') this.#open();
    this.#say();
  }

  #open() {
    const source = new EventSource(this.#address);
    this.#source = source;
    source.addEventListener('view', ({ data }) => this.#show(data));
    source.addEventListener('tick', ({ data }) => this.#hear(data));
    source.addEventListener('error', () => this.#stumble(source));
    this.#awaitWord(silenceMs);
  }

  #close() {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = undefined;
  }

  /** @param {number} ms how long */
  #awaitWord(ms) {
    clearTimeout(this.#silence);
    this.#stumbled = false;
    this.#silence = setTimeout(() => this.#lose(), ms);
  }

  /** @param {string} asOf the time of day of what is shown */
  #hear(asOf) {
    this.#heard = true;
    this.#lastHeard = clock();
    this.#lostSince = undefined;
    if (this.#held === undefined) this.#asOf.textContent = asOf;
    this.#awaitWord(silenceMs);
    this.#say();
  }

  /** After a cut the browser opens the stream anew by itself; not so after an answer that was none. */
  #stumble(source) {
    if (source.readyState === EventSource.CLOSED) {
      void leaveIfSignedOut();
      this.#lose();
    } else if (!this.#stumbled) {
      this.#awaitWord(graceMs);
      this.#stumbled = true;
    }
  }

  #lose() {
    this.#close();
    this.#lostSince ??= this.#lastHeard;
    this.#retry = setTimeout(() => this.#open(), retryMs);
    this.#say();
  }

  /** @param {string} content */
  #show(content) {
    this.#held = content;
    this.#showHeld();
  }

  #showHeld() {
    if (this.#held === undefined || this.#isSelecting()) return;
    const content = this.#held;
    this.#held = undefined;
    morph(this.#view, content);
  }

  #isSelecting() {
    const selection = getSelection();
    return selection !== null && !selection.isCollapsed && this.#view.contains(selection.anchorNode);
  }

  #say() {
    const lost = this.#lostSince !== undefined && !this.#paused;
    const state = this.#paused ? 'Paused' : lost ? 'Connection lost' : this.#heard ? 'Live' : 'Connecting';
    if (this.#words.textContent !== state) this.#words.textContent = state;
    document.documentElement.dataset.live = this.#paused
      ? 'paused'
      : lost
        ? 'lost'
        : this.#heard
          ? 'moving'
          : 'connecting';
    this.#lost.hidden = !lost;
    const said = `Connection lost since ${this.#lostSince} UTC. What is shown here is from before; it goes on by itself as soon as the console answers.`;
    if (lost && this.#lost.textContent !== said) this.#lost.textContent = said;
  }
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch {
    // Without leave to write there, or over plain HTTP: selected, the text can be copied by hand.
    getSelection().selectAllChildren(text);
    said = 'Selected';
  }
  button.textContent = said;
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1_500);
}

for (const button of document.querySelectorAll('button.copy')) {
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}
const live = document.getElementById('live');
if (live !== null) new LiveView(live);
