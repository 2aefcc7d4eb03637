import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsView } from '../src/events/page.ts';
import { toCreateApiKey } from '../src/keys/form.ts';
import { keyPage } from '../src/keys/key-page.ts';
import { newKeyPage } from '../src/keys/new-key-page.ts';
import type { View } from '../src/layout/view.ts';
import { mapView } from '../src/map/page.ts';
import { slowView } from '../src/slow/page.ts';
import { trafficView } from '../src/traffic/page.ts';
import { sampleSnapshot } from './sample.ts';
import { htmlOf, pageOf, textsOf } from './shown.ts';

const views: readonly View[] = [mapView, trafficView, slowView, eventsView];
const key = {
  id: 'k1',
  prefix: '1D3F2DD1',
  permissions: ['GENERAL'],
  comments: [],
  version: 2,
  active: true,
  createdAt: '2026-01-02T03:04:05Z',
};

const shownOf = (part: unknown) => (part as { readonly text: string }).text;

test('pages: every element that an update looks for has an id of its own', () => {
  for (const view of views) {
    const ids = Array.from(pageOf(view).matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
    assert.ok(ids.length > 5, view.name);
    assert.deepEqual(ids.length, new Set(ids).size, view.name);
  }
});

test('pages: nothing stands inline that the policy of the site would not let run', () => {
  for (const view of views)
    assert.doesNotMatch(pageOf(view), /\sstyle=|\son\w+=|<script|javascript:/, view.name);
});

test('pages: what services, events and errors say stays text', () => {
  const hostile = '<img src=x onerror=alert(1)>"\'';
  const sample = JSON.stringify(sampleSnapshot);
  const names = [
    'blog-d2',
    'Redis',
    '/list/latest',
    'findOne',
    'name is required',
    'blog-auth',
    'Metrics of auth-c2',
  ];
  const snapshot = names.reduce(
    (text, name) => text.replaceAll(name, JSON.stringify(hostile).slice(1, -1)),
    sample,
  );
  for (const view of views) {
    const text = htmlOf(view, '', JSON.parse(snapshot));
    assert.match(text, /&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;/, view.name);
    assert.doesNotMatch(text, /<img/, view.name);
  }
});

test('pages: without a script a page says that it does not move, and when it was so', () => {
  for (const view of views) {
    const text = pageOf(view);
    assert.match(text, /<noscript>.*does not move/s);
    assert.match(text, /as of <span id="as-of"><time[^>]*>12:04:31/);
  }
});

test('pages: what cannot be read now is said on every page that moves', () => {
  for (const view of views) assert.match(htmlOf(view), /Metrics of auth-c2 cannot be read\./, view.name);
});

const rowsOf = (html: string, prefix: string) =>
  Array.from(html.matchAll(new RegExp(`<tr id="(${prefix}[^"]*)"`, 'g')), ([, id = '']) =>
    decodeURIComponent(id),
  );

test('traffic: rows keep their places by name, and stand by a figure where that is asked', () => {
  assert.deepEqual(rowsOf(htmlOf(trafficView), 'route-').slice(0, 2), [
    'route-auth-POST-/signin/basic',
    'route-blog-GET-/editor/id/:id',
  ]);
  const byRate = rowsOf(htmlOf(trafficView, 'sort=rate'), 'route-');
  assert.deepEqual(byRate.at(-1), 'route-auth-POST-/signin/basic');
  const byErrors = htmlOf(trafficView, 'sort=errors');
  assert.deepEqual(rowsOf(byErrors, 'route-')[0], 'route-blog-GET-/editor/id/:id');
  assert.match(byErrors, /aria-sort="descending"><a href="\/console\/traffic\?sort=errors">/);
  assert.deepEqual(
    rowsOf(htmlOf(trafficView, 'sort=nonsense'), 'route-'),
    rowsOf(htmlOf(trafficView), 'route-'),
  );
});

test('traffic: one service alone can be looked at, and stays chosen when the order changes', () => {
  const text = htmlOf(trafficView, 'service=auth&sort=p95');
  assert.deepEqual(rowsOf(text, 'route-'), ['route-auth-POST-/signin/basic']);
  assert.deepEqual(rowsOf(text, 'endpoint-').length, 2);
  assert.match(text, /href="\/console\/traffic\?sort=p99&amp;service=auth"/);
  assert.match(text, /href="\/console\/traffic\?sort=p95&amp;service=auth" aria-current="true">auth</);
});

test('slow: a request shows its way, each piece of work below the one that asked for it', () => {
  const text = htmlOf(slowView, 'order=newest');
  const depths = Array.from(text.matchAll(/depth-(\d)/g), ([, depth]) => Number(depth));
  assert.deepEqual(depths, [0, 1, 2, 3, 4, 5, 3, 0]);
  assert.match(text, /<strong class="bad">timeout<\/strong>/);
  assert.match(text, /GET \/blog\/editor\/id\/:id → \/editor\/id\/:id/);
});

test('slow: the slowest stand first, or the newest', () => {
  const order = (query: string) =>
    textsOf(htmlOf(slowView, query), 'span')
      .filter((text) => / m?s$/.test(text))
      .slice(0, 1);
  assert.deepEqual(order(''), ['210 ms']);
  assert.deepEqual(order('order=newest'), ['128 ms']);
});

test('events: a parked event shows why, what it was given, and a form to send it again', () => {
  const text = htmlOf(eventsView);
  assert.match(
    text,
    /<form method="post" action="\/console\/events\/parked\/7\/again"><button type="submit">Send again/,
  );
  assert.match(text, /blog-auth<\/strong> of blog gave it up after 5 tries.*name is required/s);
  assert.match(text, /<pre>\{\n {2}&quot;id&quot;: &quot;b7e1&quot;\n\}<\/pre>/);
  assert.match(text, /Oldest waits for.*>12 s</s);
});

test('keys: the form becomes what the API asks for', () => {
  const made = toCreateApiKey({
    permissions: ' general, READ general',
    comments: 'a\n\n b ',
    expiresAt: '2030-01-02T03:04',
  });
  assert.deepEqual(made, {
    permissions: ['GENERAL', 'READ'],
    comments: ['a', 'b'],
    expiresAt: '2030-01-02T03:04:00Z',
  });
  assert.deepEqual(toCreateApiKey({ permissions: '', comments: '', expiresAt: '' }), {
    permissions: [],
    comments: [],
  });
});

test('keys: a key stands on the page after it was made and on no other', () => {
  const made = newKeyPage({ ...key, key: 'the-whole-secret' }, 'made');
  assert.match(shownOf(made.main), /<code id="new-key">the-whole-secret<\/code>/);
  const withSecret = { ...key, key: 'the-whole-secret' };
  const shown = shownOf(keyPage(withSecret).main);
  assert.doesNotMatch(shown, /the-whole-secret/);
});

test('keys: one that is over offers nothing more to do with it', () => {
  assert.match(shownOf(keyPage(key).main), /name="sure" value="yes" required/);
  assert.doesNotMatch(shownOf(keyPage({ ...key, active: false }).main), /<form/);
});
