import { type FormFaults, faultSummary, field, type Html, html, type Page } from '@tsmicro/web';
import type { PrivateBlog } from '../blog.ts';
import { stateBadge } from '../state/badge.ts';
import { stateOf } from '../state/state.ts';
import { type Draft, draftLabels } from './draft.ts';

/** What the editor shows. */
export interface EditorView {
  /** The path of the article, to which the form goes. */
  readonly path: string;
  readonly draft: Draft;
  /** The article as it is stored, when it is and could be read. */
  readonly blog?: PrivateBlog | undefined;
  /** The version that the draft was made from. */
  readonly version?: string | undefined;
  readonly faults?: FormFaults | undefined;
  /** What else stands between the text and its being kept. */
  readonly warning?: Html | undefined;
  /** The text as readers would see it, when that was asked for. */
  readonly preview?: Html | undefined;
  /** Whether the draft says what is stored nowhere yet. */
  readonly unsaved: boolean;
  readonly status?: number | undefined;
  /** The id of who writes: a tab gives what it kept to nobody else. */
  readonly owner?: string | undefined;
}

/** The most code points that the API takes; a browser counts what takes two units as two. */
const limits = { title: 500, description: 2_000, draftText: 50_000 } as const;
const maxAddressLength = 200;

/** Of the list of tags as a whole the gateway says no more than that it is not valid. */
function faultOf(name: keyof Draft, faults: FormFaults | undefined): string | undefined {
  const fault = faults?.of(name);
  return fault === `${draftLabels.tags} is not valid.`
    ? 'Give it one tag at least, and fifty at most.'
    : fault;
}

function fields({ draft, faults }: EditorView): Html {
  const common = (name: keyof Draft) => ({
    name,
    label: draftLabels[name],
    value: draft[name],
    fault: faultOf(name, faults),
  });
  return html`${field({ ...common('title'), required: true, maxLength: 2 * limits.title })}
${field({ ...common('draftText'), rows: 22, required: true, maxLength: 2 * limits.draftText, hint: 'In Markdown: # heading, **bold**, [words](https://address), - list.' })}
${field({ ...common('description'), rows: 3, required: true, maxLength: 2 * limits.description, hint: 'What readers see of it in lists.' })}
${field({ ...common('tags'), required: true, hint: 'One to fifty, with commas between them. They are kept in upper case.' })}
${field({ ...common('imgUrl'), required: true, maxLength: maxAddressLength, hint: 'Where it is on the web: https://…, or a path on this site.' })}
${field({ ...common('slug'), maxLength: maxAddressLength, hint: 'Its name in /read/…; left empty, it is made of the title.' })}`;
}

function buttons({ blog }: EditorView): Html {
  return html`<div class="actions">
<button name="action" value="save">Save</button>
<button class="quiet" name="action" value="submit">Save and submit</button>
${blog?.submitted === true && html`<button class="quiet" name="action" value="withdraw">Withdraw</button>`}
<button class="quiet" name="action" value="preview">Preview</button>
${blog !== undefined && html`<a class="leave" href="/write/${blog._id}/delete">Delete…</a>`}
</div>`;
}

/** That the gateway gave no answer, say, lets nobody type the text again. */
const summary = (faults: FormFaults): Html =>
  html`${faultSummary(faults)}${faults.general !== undefined && html`<p class="muted">Your text is still here; save it again.</p>`}`;

const stateLine = (blog: PrivateBlog) =>
  html`<p class="state">${stateBadge(stateOf(blog))} ${stateOf(blog).explanation}${blog.published && html` <a href="/read/${encodeURIComponent(blog.slug)}">Read it</a>`}</p>`;

/** The form in which an article is written, and what it will look like. */
export function editorPage(view: EditorView): Page {
  const { path, blog, faults, warning, preview, unsaved, version, status } = view;
  const fresh = path === '/write/new';
  const heading = fresh ? 'New article' : 'Edit article';
  const main = html`<p class="kicker"><a href="/write">Your articles</a></p>
<h1>${heading}</h1>
${blog !== undefined && stateLine(blog)}
${warning !== undefined && html`<div class="warning" role="alert">${warning}</div>`}
${faults !== undefined && summary(faults)}
<div class="workbench${preview !== undefined && ' side-by-side'}">
<form method="post" action="${path}" class="editor" data-editor="${view.owner}" data-limits="${JSON.stringify(limits)}"${unsaved && html` data-unsaved`}>
${version !== undefined && html`<input type="hidden" name="version" value="${version}">`}
<p class="kept" data-kept aria-live="polite"></p>
${fields(view)}
${buttons(view)}
</form>
<section class="preview" aria-labelledby="preview-heading" data-preview${preview === undefined && html` hidden`}>
<h2 id="preview-heading">Preview</h2>
<div class="article-text" data-preview-text>${preview}</div>
</section>
</div>`;
  return {
    title: fresh ? heading : `Edit: ${view.draft.title.trim() || 'article'}`,
    main,
    ...(status === undefined ? {} : { status }),
  };
}
