import { ApiError } from '@tsmicro/network';
import { failureWords } from '@tsmicro/web';

/** What stands beside what a page is about: the page stands without it, and says why it is not there. */
export type Beside<T> = { readonly shown: T } | { readonly away: string };

/** Waits for what stands beside; what the gateway refuses or cannot give becomes words. A session that has ended is thrown on. */
export async function beside<T>(work: Promise<T>): Promise<Beside<T>> {
  try {
    return { shown: await work };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { away: failureWords(error) };
  }
}
