import { notFound } from '@tsmicro/network';
import type { Push, Site } from '@tsmicro/web';
import { eventsView } from '../events/page.ts';
import { liveFragment, liveMain, streamPath } from '../layout/live-view.ts';
import { clock } from '../layout/moment.ts';
import type { View } from '../layout/view.ts';
import { mapView } from '../map/page.ts';
import type { Access } from '../session/access.ts';
import { slowView } from '../slow/page.ts';
import { trafficView } from '../traffic/page.ts';
import type { Snapshot } from '../watch/snapshot.ts';
import { currentSnapshot, type Watched } from './current.ts';

const views: readonly View[] = [mapView, trafficView, slowView, eventsView];

/** Sends one viewer what a view shows of each moment: the time each time, the rest when it differs from what was sent. */
function sender(view: View, query: URLSearchParams, push: Push): (snapshot: Snapshot) => void {
  let sent: string | undefined;
  return (snapshot) => {
    push.send('tick', clock(snapshot.at));
    const { text } = liveFragment(view, snapshot, query);
    if (text === sent) return;
    sent = text;
    push.send('view', text);
  };
}

/** The pages that move, and the stream that moves them. */
export function mountLive(site: Site, watched: Watched, access: Access): void {
  for (const view of views) {
    site.get(view.path, async (visit) => {
      access.requireSight(visit);
      const snapshot = await currentSnapshot(watched);
      return { title: view.title, main: liveMain(view, snapshot, visit.query) };
    });
  }

  site.stream(streamPath, (visit, push) => {
    access.requireSight(visit);
    const view = views.find(({ name }) => name === visit.query.get('view'));
    if (view === undefined) throw notFound('there is no such view');
    const viewer = watched.join();
    viewer.onSnapshot(sender(view, visit.query, push));
    return () => viewer.leave();
  });
}
