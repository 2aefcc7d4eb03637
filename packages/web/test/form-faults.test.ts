import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, badRequest, internal } from '@tsmicro/network';
import {
  attempt,
  FormFaults,
  failureWords,
  faultSummary,
  field,
  noFaults,
  SignInNeededError,
} from '../src/index.ts';

const labels = { title: 'Title', slug: 'Address', tags: 'Tags', imgUrl: 'Picture' };
const from = (message: string) => FormFaults.from(badRequest(message), labels);

test('faults: each field that a 400 names gets its sentence, by its label', () => {
  const faults = from(
    'title is required, slug must be at least 3 characters, tags[1] must be uppercase, imgUrl is not a valid URL',
  );
  assert.equal(faults.general, undefined);
  assert.equal(faults.of('title'), 'Title is needed.');
  assert.equal(faults.of('slug'), 'Address must have at least 3 characters.');
  assert.equal(faults.of('tags'), 'Tags, number 2, must be in capital letters.');
  assert.equal(faults.of('imgUrl'), 'Picture must be a web address, as in https://example.com/picture.png.');
  assert.equal(faults.of('description'), undefined);
  assert.equal(faults.any, true);
});

test('faults: the rules of a password and of numbers are told as they are', () => {
  const rules = { password: 'Password', page: 'Page' };
  const faults = FormFaults.from(
    badRequest('password must be at most 100 characters, page must be min 1'),
    rules,
  );
  assert.equal(faults.of('password'), 'Password can have at most 100 characters.');
  assert.equal(faults.of('page'), 'Page must be 1 or more.');
});

test('faults: what is about no field stands above, whole', () => {
  assert.equal(from('blogs without another tag: a, b').general, 'Blogs without another tag: a, b.');
  assert.equal(from('title is taken').general, 'Title is taken.');
  const mixed = from('title is required, _id is invalid');
  assert.equal(mixed.of('title'), 'Title is needed.');
  assert.equal(mixed.general, '_id is invalid.');
  assert.equal(noFaults.any, false);
});

test('faults: a form may have words of its own for a message, beside a field', () => {
  const known = [{ message: /already exists$/, field: 'slug', words: 'Another article has this address.' }];
  const faults = FormFaults.from(badRequest('Blog with slug: x already exists'), labels, known);
  assert.equal(faults.of('slug'), 'Another article has this address.');
  assert.equal(faults.general, undefined);
});

test('faults: every status has words, and none of them is a number', () => {
  for (const status of [400, 401, 403, 404, 409, 413, 415, 429, 500, 502, 503, 504]) {
    const words = failureWords(new ApiError(status, 'blog not found'));
    assert.match(words, /^[A-Z].*\.$/);
    assert.doesNotMatch(words, new RegExp(String(status)));
  }
  const tired = new ApiError(429, 'too many attempts', { retryAfterSec: 200 });
  assert.match(failureWords(tired), /Wait 4 minutes/);
});

test('attempt: refusals become faults; a fault of ours and a session that has ended do not', async () => {
  const refuse = (error: unknown) => attempt(() => Promise.reject(error), labels);
  const refused = await refuse(new ApiError(503, 'service unavailable'));
  assert.ok('faults' in refused && /not available right now/.test(refused.faults.general ?? ''));
  assert.deepEqual(await attempt(() => Promise.resolve(1), labels), { value: 1 });
  await assert.rejects(refuse(new SignInNeededError({ ended: true })), SignInNeededError);
  await assert.rejects(refuse(internal(new Error('not as expected'))), { status: 500 });
  await assert.rejects(refuse(new TypeError('a bug')), TypeError);
});

test('field: label, hint and fault are tied to the input, and what was typed stays text', () => {
  const { text } = field({
    name: 'title',
    label: 'Title',
    value: '"><script>',
    hint: 'Short',
    fault: 'Title is needed.',
    required: true,
    maxLength: 500,
  });
  assert.match(text, /<label for="field-title">Title<\/label>/);
  assert.match(text, /aria-describedby="field-title-hint field-title-fault" aria-invalid="true"/);
  assert.match(text, /<p class="hint" id="field-title-hint">Short/);
  assert.match(text, /value="&quot;&gt;&lt;script&gt;"/);
  assert.match(text, /required maxlength="500"/);
  assert.match(field({ name: 'a', label: 'A' }).text, /optional/);
});

test('field: a password is never shown again, and the first line end of a text is kept', () => {
  assert.doesNotMatch(field({ name: 'p', label: 'P', type: 'password', value: 'hunter2' }).text, /hunter2/);
  assert.match(field({ name: 't', label: 'T', rows: 3, value: '\na' }).text, />\n\na<\/textarea>/);
});

test('summary: what concerns the whole form is an alert, and nothing without it', () => {
  assert.match(faultSummary(new FormFaults({}, 'No <b>')).text, /role="alert">No &lt;b&gt;/);
  assert.equal(faultSummary(noFaults).text, '');
});

test('faults: a page that shows them is answered with the status of the refusal', () => {
  assert.equal(FormFaults.from(new ApiError(503, 'service unavailable'), labels).status, 503);
  assert.equal(from('title is required').status, 400);
});
